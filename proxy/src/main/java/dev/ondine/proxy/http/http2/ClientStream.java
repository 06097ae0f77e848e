package dev.ondine.proxy.http.http2;

import static io.netty.handler.codec.http2.Http2Error.CANCEL;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.REFUSED_STREAM;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Deadlines;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** A stream to an endpoint: sends the request of an exchange and brings its answer. */
final class ClientStream implements StreamMessages, InboundBody.Source, OutboundBody.Sink {
  private static final Failure GIVEN_UP =
      Failure.perhapsSent(Reason.UPSTREAM_TIMEOUT, "given up before the answer was complete");

  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int MAX_INTERIM = 16;

  private final ClientConnection connection;
  private final int id;
  private final HttpExchange exchange;
  private final OutboundBody request;
  private @Nullable InboundBody response;
  private long due; // of the answer's content-length, not come yet
  private int informed;
  private boolean answered;
  private boolean tunnelOpen;
  private boolean answerEnded; // of a tunnel, whose other direction may go on
  private boolean over;

  ClientStream(ClientConnection connection, int id, HttpExchange exchange) {
    this.connection = connection;
    this.id = id;
    this.exchange = exchange;
    this.request = new OutboundBody(connection, id, exchange.requestBody(), this);
  }

  void start() {
    exchange.onAbort(this::abort);
    Deadlines.forward(exchange); // only now: it may have waited for the connection
    var head = Messages.encode(exchange.request());
    if (exchange.request().isTunnel()) {
      request.sendHead(head);
    } else {
      request.send(head);
    }
  }

  // What comes.

  @Override
  public void headers(Http2Headers headers, boolean end) throws Http2Exception {
    if (tunnelOpen) {
      throw Http2Exception.streamError(id, PROTOCOL_ERROR, "HEADERS within a tunnel");
    }
    if (answered) {
      checkSize(headers);
      checkNothingDue();
      complete();
      if (response != null) {
        response.end(Messages.trailers(headers));
      }
      return;
    }
    var head = Messages.response(id, headers);
    checkSize(headers);
    if (head.status() < 200) {
      inform(head, end);
      return;
    }
    var tunnel = exchange.request();
    if (tunnel.isTunnel() && head.status() < 300) {
      answered = true;
      open(Messages.opened(tunnel, head), end);
      return;
    }
    due = hasNoBody(head) ? 0 : Math.max(0, Messages.contentLength(head.headers()));
    if (end) {
      checkNothingDue();
    }
    answered = true;
    if (end) {
      complete();
      exchange.respond(head, BodyStream.empty());
    } else {
      response = new InboundBody(this, Messages.contentLength(head.headers()));
      exchange.respond(head, response);
    }
  }

  private boolean hasNoBody(ResponseHead head) {
    return head.status() == 204
        || head.status() == 304
        || exchange.request().method().equals("HEAD");
  }

  /** An answer that was cut must not look complete. Netty lets one pass that has no content. */
  private void checkNothingDue() throws Http2Exception {
    if (due > 0) {
      throw Http2Exception.streamError(
          id, PROTOCOL_ERROR, "the answer is %d bytes shorter than its content-length", due);
    }
  }

  /** The codec has seen to the bytes. */
  private void checkSize(Http2Headers fields) throws Http2Exception {
    var most = connection.limits.maxHeaderFields();
    if (fields.size() > most) {
      throw Http2Exception.streamError(
          id, PROTOCOL_ERROR, "the answer has more than %d header fields", most);
    }
  }

  /** Nothing slows down an endpoint that sends only these. */
  private void inform(ResponseHead interim, boolean end) throws Http2Exception {
    if (end || interim.status() == SWITCHING_PROTOCOLS || ++informed > MAX_INTERIM) {
      throw Http2Exception.streamError(
          id, PROTOCOL_ERROR, "101, an end within an interim answer, or too many of them");
    }
    exchange.inform(interim);
  }

  private void open(ResponseHead head, boolean end) {
    tunnelOpen = true;
    var bytes = new InboundBody(this, BodyStream.UNKNOWN);
    response = bytes;
    exchange.respond(head, bytes);
    if (over) {
      return; // the client has left
    }
    request.open();
    if (end) {
      tunnelAnswerEnded(bytes);
    }
  }

  private void tunnelAnswerEnded(InboundBody bytes) {
    answerEnded = true;
    over |= !request.isSending();
    bytes.end(Headers.none());
  }

  @Override
  public void data(ByteBuf data, boolean end) throws Http2Exception {
    if (!answered && !over) {
      throw Http2Exception.streamError(id, PROTOCOL_ERROR, "DATA before the answer's HEADERS");
    }
    if (response == null) {
      return;
    }
    due -= data.readableBytes();
    if (end) {
      checkNothingDue();
    }
    response.data(data);
    if (end && tunnelOpen) {
      tunnelAnswerEnded(response);
    } else if (end) {
      complete();
      response.end(Headers.none());
    }
  }

  @Override
  public void reset(long errorCode) {
    if (errorCode == REFUSED_STREAM.code()) {
      fail(Failure.notSent(Reason.UPSTREAM_RESET, "the endpoint refused the stream"));
    } else {
      var error = Http2Error.valueOf(errorCode);
      var name = error == null ? Long.toString(errorCode) : error.name();
      fail(Failure.perhapsSent(Reason.UPSTREAM_RESET, "the endpoint reset the stream: " + name));
    }
  }

  @Override
  public void malformed(String detail) {
    fail(Failure.perhapsSent(Reason.UPSTREAM_PROTOCOL_ERROR, detail));
  }

  @Override
  public void closed() {
    fail(connection.whyClosed(id, request.isHeadWritten()));
  }

  @Override
  public boolean isStalledSince(long nanos) {
    return !tunnelOpen && request.isStalledSince(nanos); // a tunnel may stand still
  }

  @Override
  public void stalled() {
    fail(Failure.perhapsSent(Reason.UPSTREAM_TIMEOUT, "the endpoint took nothing of the request"));
    connection.reset(id, CANCEL);
  }

  // The answer's body.

  @Override
  public void delivered(int bytes) {
    connection.delivered(id, bytes);
  }

  @Override
  public void bodyCancelled() {
    abort();
  }

  // The request's body.

  @Override
  public void sending(int bytes) {}

  @Override
  public void ending(Headers trailers) {}

  @Override
  public void sent(ChannelFuture last) {
    over |= answerEnded;
  }

  @Override
  public void broken(Failure failure) {
    fail(failure);
    connection.reset(id, CANCEL);
  }

  /** The answer is complete; a request that is not is not wanted any more. */
  private void complete() {
    over = true;
    if (request.isSending()) {
      request.cancel();
      connection.reset(id, CANCEL);
    }
  }

  /** The exchange does not want an answer any more: the endpoint is to know at once. */
  private void abort() {
    if (!over) {
      over = true;
      request.cancel();
      connection.reset(id, CANCEL);
      if (response != null) {
        response.fail(GIVEN_UP); // a client that is still there must not take it for complete
      }
    }
  }

  private void fail(Failure failure) {
    if (over) {
      return;
    }
    over = true;
    request.cancel();
    if (!answered) {
      exchange.fail(failure);
    } else if (response != null) {
      response.fail(failure);
    }
  }
}
