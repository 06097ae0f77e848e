package dev.ondine.proxy.http.http2;

import static io.netty.handler.codec.http2.Http2Error.CANCEL;
import static io.netty.handler.codec.http2.Http2Error.CONNECT_ERROR;
import static io.netty.handler.codec.http2.Http2Error.INTERNAL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Deadlines;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.MalformedPathException;
import dev.ondine.proxy.http.Pace;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.http.Slowness;
import dev.ondine.proxy.http.StreamInfo;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream of an accepted connection, as the exchange that the layers see. */
final class ServerStream
    implements HttpExchange, StreamMessages, InboundBody.Source, OutboundBody.Sink {
  private static final Failure ANSWERED =
      Failure.perhapsSent(Reason.CLIENT_CLOSED, "answered before the request was complete");

  private static final String HTTPS = "https";
  private static final int OK = 200;
  private static final int CONTINUE = 100;

  private enum State {
    OPEN,
    RESPONDING,
    ENDED
  }

  private final ServerConnection connection;
  private final int id;
  private final RequestHead request;
  private final @Nullable InboundBody requestBody;
  private final StreamInfo info;
  private final long deadlineNanos;
  private final boolean hasDeadline;
  private final @Nullable Pace pace; // of the body; null: it may come as it likes
  private final List<EndListener> endListeners = new ArrayList<>(2);
  private @Nullable Runnable abortListener;
  private @Nullable OutboundBody response;
  private @Nullable ChannelFuture last;
  private State state = State.OPEN;
  private boolean continued; // the body began, or the client does not wait to be told to begin it
  private boolean tunnelOpen;
  private boolean requestEnded; // of a tunnel: all is with the endpoint, or it takes no more
  private boolean requestReceived;
  private boolean answerEnded; // of a tunnel: all is with the client

  private ServerStream(ServerConnection connection, int id, RequestHead request, boolean end) {
    this.connection = connection;
    this.id = id;
    this.request = request;
    this.requestReceived = end;
    this.continued = !request.headers().contains("expect");
    this.requestBody =
        end ? null : new InboundBody(this, Messages.contentLength(request.headers()));
    this.info = new StreamInfo(connection.nanos());
    var paced = !end && !request.isGrpc() && !request.isTunnel();
    this.pace = paced ? new Pace(connection.times.bodyRate(), connection.nanos()) : null;
    var timeout = Deadlines.grpcTimeout(request.headers().get(Deadlines.GRPC_TIMEOUT));
    this.hasDeadline = !timeout.equals(Deadlines.NONE);
    this.deadlineNanos = hasDeadline ? info.startedNanos() + timeout.toNanos() : 0;
  }

  static ServerStream open(ServerConnection connection, int id, Http2Headers headers, boolean end)
      throws Http2Exception, MalformedPathException {
    var request = Messages.request(id, headers);
    // Behind TLS of its own the client is not asked: the connection knows better.
    var head = connection.info.scheme().equals(HTTPS) ? request.withScheme(HTTPS) : request;
    return new ServerStream(connection, id, head, end);
  }

  // What the layers see.

  @Override
  public RequestHead request() {
    return request;
  }

  @Override
  public BodyStream requestBody() {
    return requestBody == null ? BodyStream.empty() : requestBody;
  }

  @Override
  public ConnectionInfo connection() {
    return connection.info;
  }

  @Override
  public StreamInfo info() {
    return info;
  }

  @Override
  public Scheduler loop() {
    return connection.loop();
  }

  @Override
  public boolean isOpen() {
    return state == State.OPEN;
  }

  @Override
  public Duration remaining() {
    return hasDeadline
        ? Duration.ofNanos(Math.max(0, deadlineNanos - connection.nanos()))
        : Deadlines.NONE;
  }

  @Override
  public void onAbort(Runnable listener) {
    abortListener = listener;
    if (state == State.ENDED) {
      listener.run(); // it came too late
    }
  }

  @Override
  public void onEnd(EndListener listener) {
    endListeners.add(listener);
  }

  @Override
  public void inform(ResponseHead interim) {
    assert connection.loop().inThread();
    if (state == State.OPEN) {
      continued |= interim.status() == CONTINUE;
      var _ = connection.writeHeaders(id, Messages.encode(interim), false);
    }
  }

  @Override
  public void respond(ResponseHead head, BodyStream body) {
    assert connection.loop().inThread();
    if (state != State.OPEN) {
      body.cancel();
      return;
    }
    if (request.isOpenedBy(head.status())) {
      openTunnel(head, body);
      return;
    }
    if (request.isTunnel() && head.status() < 300) {
      // It would look as if the tunnel were open.
      body.cancel();
      reply(
          LocalReply.of(
              Reason.UPSTREAM_PROTOCOL_ERROR,
              "the endpoint answered " + head.status() + " and did not switch protocols"));
      return;
    }
    state = State.RESPONDING;
    info.responding(head.status(), connection.nanos());
    noteGrpcStatus(head.headers());
    var content = body;
    if (hasNoBody(head.status())) {
      body.cancel();
      content = BodyStream.empty();
    } else if (body.length() > 0 && !head.headers().contains("content-length")) {
      head.headers().set("content-length", Long.toString(body.length()));
    }
    response = new OutboundBody(connection, id, content, this);
    response.send(Messages.encode(head));
  }

  private void openTunnel(ResponseHead head, BodyStream body) {
    state = State.RESPONDING;
    tunnelOpen = true;
    requestEnded |= requestBody == null;
    head.headers().remove("content-length");
    var status = request.protocol().isPresent() ? OK : head.status();
    info.responding(status, connection.nanos());
    response = new OutboundBody(connection, id, body, this);
    response.send(Messages.encode(head));
  }

  private boolean hasNoBody(int status) {
    return request.method().equals("HEAD") || status == 204 || status == 304;
  }

  @Override
  public void fail(Failure failure) {
    if (state == State.OPEN) {
      broken(failure);
    }
  }

  // What comes.

  @Override
  public void headers(Http2Headers trailers, boolean end) throws Http2Exception {
    if (request.isTunnel()) {
      throw Http2Exception.streamError(id, PROTOCOL_ERROR, "HEADERS within a tunnel");
    }
    if (requestBody != null) {
      requestBody.end(Messages.trailers(trailers));
    }
  }

  @Override
  public void data(ByteBuf data, boolean end) {
    if (requestBody != null) {
      info.received(data.readableBytes());
      continued = true; // by itself
      if (pace != null) {
        pace.moved(data.readableBytes(), connection.nanos());
      }
      requestBody.data(data);
      if (end) {
        requestReceived = true;
        requestBody.end(Headers.none());
      }
    }
  }

  @Override
  public void reset(long errorCode) {
    abort();
  }

  @Override
  public void malformed(String detail) {
    info.brokeOff(Failure.perhapsSent(Reason.BAD_REQUEST, detail));
    abort(); // now, not when the peer has read of it
  }

  @Override
  public void closed() {
    if (last == null
        || (tunnelOpen
            && !requestReceived)) { // else the last write tells: it may be done only after the
      // stream is
      abort();
    }
  }

  @Override
  public boolean isStalledSince(long nanos) {
    // A tunnel may stand still.
    return response != null && !tunnelOpen && response.isStalledSince(nanos);
  }

  @Override
  public void stalled() {
    tooSlow(Slowness.ANSWER);
  }

  @Override
  public void sweep() {
    if (pace == null || requestBody == null || state == State.ENDED) {
      return;
    }
    var now = connection.nanos();
    if (!requestBody.isWaitedFor() || !continued) {
      pace.excuse(now);
    } else if (pace.isTooSlow(connection.patience(connection.times.bodyGrace()), now)) {
      tooSlow(Slowness.BODY);
    }
  }

  private void tooSlow(Slowness at) {
    connection.refusals.tooSlow(connection.info, at);
    info.brokeOff(at.failure());
    connection.reset(id, CANCEL);
    abort();
  }

  // The request's body.

  @Override
  public void delivered(int bytes) {
    connection.delivered(id, bytes);
  }

  @Override
  public void bodyCancelled() { // the stream is reset when the answer is complete
    requestEnded();
  }

  @Override
  public void bodyDelivered() {
    requestEnded();
  }

  private void requestEnded() {
    requestEnded = true;
    if (tunnelOpen && answerEnded) {
      complete();
    }
  }

  // The answer's body.

  @Override
  public void sending(int bytes) {
    info.sent(bytes);
  }

  @Override
  public void ending(Headers trailers) {
    noteGrpcStatus(trailers);
  }

  @Override
  public void sent(ChannelFuture future) {
    last = future;
    future.addListener(
        done -> {
          if (done.isSuccess()) {
            answerEnded = true;
            if (!tunnelOpen || requestEnded) { // else the client may still have something to say
              complete();
            }
          } else {
            abort();
          }
        });
  }

  @Override
  public void broken(Failure failure) {
    info.brokeOff(failure);
    connection.reset(id, tunnelOpen ? CONNECT_ERROR : INTERNAL_ERROR);
    abort();
  }

  private void noteGrpcStatus(Headers headers) {
    var status = headers.get("grpc-status");
    if (status != null
        && !status.isEmpty()
        && status.length() <= 2
        && status.chars().allMatch(Character::isDigit)) {
      info.grpcEnded(Integer.parseInt(status));
    }
  }

  private void complete() {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    connection.guard.completed();
    if (requestBody != null) {
      requestBody.fail(ANSWERED);
    }
    connection.reset(id, NO_ERROR); // unless both sides have ended it: the answer needs no more
    ended();
  }

  private void abort() {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    if (info.reason() == null) {
      info.brokeOff(connection.leaving());
    }
    if (response != null) {
      response.cancel(); // first: what breaks off below is no fault of the answer
    }
    if (requestBody != null) {
      requestBody.fail(connection.leaving());
    }
    if (abortListener != null) {
      abortListener.run();
    }
    ended();
  }

  private void ended() {
    info.ended(connection.nanos());
    for (var listener : endListeners) {
      listener.ended(this);
    }
  }
}
