package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;

/** An exchange on a connection to an endpoint, and its request's body on the way there. */
final class ClientCall implements BodyStream.Receiver, Runnable {
  private static final long WINDOW = 64 << 10;

  private final ClientConnection connection;
  private final HttpExchange exchange;
  private final boolean chunked;
  private long taken; // bytes not asked for again yet, because the endpoint is slow
  private boolean sent;

  ClientCall(ClientConnection connection, HttpExchange exchange) {
    this.connection = connection;
    this.exchange = exchange;
    this.chunked = exchange.requestBody().length() == BodyStream.UNKNOWN;
  }

  HttpExchange exchange() {
    return exchange;
  }

  /** True once the whole request was written. */
  boolean isSent() {
    return sent;
  }

  boolean isHead() {
    return exchange.request().method().equals("HEAD");
  }

  void start(HeadWriter writer) {
    var body = exchange.requestBody();
    connection.out().head(RequestLine.write(writer, exchange.request(), body.length()));
    exchange.onAbort(this);
    if (body.length() == 0) {
      sent = true;
    } else {
      body.subscribe(this);
      body.request(WINDOW);
    }
  }

  /** The client left, or a layer gave up. */
  @Override
  public void run() {
    connection.abort(this);
  }

  /** The answer is complete; what the endpoint did not read it need not have. */
  void stopSending() {
    if (!sent) {
      exchange.requestBody().cancel();
    }
  }

  @Override
  public void data(Bytes bytes) {
    if (!connection.carries(this)) {
      bytes.release();
      return;
    }
    taken += bytes.length();
    if (chunked) {
      connection.out().chunk(bytes);
    } else {
      connection.out().bytes(bytes);
    }
    goOn();
  }

  /** Asks for more of the body, if the endpoint takes it. */
  void goOn() {
    if (taken > 0 && connection.out().isWritable()) {
      var more = taken;
      taken = 0;
      exchange.requestBody().request(more);
    }
  }

  @Override
  public void end(Headers trailers) {
    sent = true;
    if (chunked && connection.carries(this)) {
      connection.out().lastChunk(trailers, connection.writer());
    }
  }

  @Override
  public void failed(Failure failure) {
    connection.abort(this); // half a request must not look like a whole one
  }
}
