package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.WebSocketHandshake;
import java.util.random.RandomGenerator;

/** An exchange on a connection to an endpoint, and its request's body on the way there. */
final class ClientCall implements BodyStream.Receiver, Runnable {
  private static final long WINDOW = 64 << 10;

  private final ClientConnection connection;
  private final HttpExchange exchange;
  private final boolean tunnel;
  private final boolean chunked;
  private String newKey = ""; // of a WebSocket whose client sent none
  private boolean sending;
  private long taken; // bytes not asked for again yet, because the endpoint is slow
  private boolean sent;

  ClientCall(ClientConnection connection, HttpExchange exchange) {
    this.connection = connection;
    this.exchange = exchange;
    this.tunnel = exchange.request().isTunnel();
    this.chunked = !tunnel && exchange.requestBody().length() == BodyStream.UNKNOWN;
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

  /**
   * Sends the request; a tunnel's bytes wait until it is open, so that no endpoint can take them
   * for a request.
   *
   * @param random makes the key of a WebSocket whose client, by HTTP/2, sent none
   */
  void start(HeadWriter writer, RandomGenerator random) {
    var request = exchange.request();
    exchange.onAbort(this);
    if (tunnel) {
      if (request.protocol().isPresent() && !request.headers().contains(WebSocketHandshake.KEY)) {
        newKey = WebSocketHandshake.newKey(random);
      }
      connection.out().head(RequestLine.tunnel(writer, request, newKey));
      return;
    }
    var body = exchange.requestBody();
    connection.out().head(RequestLine.write(writer, request, body.length()));
    if (body.length() == 0) {
      sent = true;
    } else {
      sendBody();
    }
  }

  /** The endpoint's end of a tunnel: throws where it did not read the key that we made. */
  void checkAccept(Headers answer) throws MalformedException {
    if (!newKey.isEmpty()) {
      var accept = answer.get(WebSocketHandshake.ACCEPT);
      if (!WebSocketHandshake.accept(newKey).equals(accept)) {
        throw new MalformedException("Sec-WebSocket-Accept is no answer to the key");
      }
      answer.remove(WebSocketHandshake.ACCEPT); // the client knows neither
    }
  }

  /** The tunnel is open, and the client knows. */
  void opened() {
    if (connection.carries(this)) {
      sendBody();
    }
  }

  private void sendBody() {
    sending = true;
    var body = exchange.requestBody();
    body.subscribe(this);
    if (!sent) {
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
    if (!sent && (sending || !tunnel)) { // a tunnel that did not open may be tried elsewhere
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
    if (!connection.carries(this)) {
      return;
    }
    if (tunnel) {
      connection.endOutput();
    } else if (chunked) {
      connection.out().lastChunk(trailers, connection.writer());
    }
  }

  @Override
  public void failed(Failure failure) {
    connection.abort(this); // half a request must not look like a whole one
  }
}
