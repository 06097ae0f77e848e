package dev.ondine.proxy.http.http1;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Deadlines;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.http.StreamInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that a client sent by HTTP/1.1, and its answer. Confined to its connection's loop. */
final class ServerExchange implements HttpExchange {
  private static final int USUAL_LISTENERS = 4;
  private static final int CONTINUE = 100;

  private enum State {
    OPEN,
    ANSWERING,
    OVER
  }

  private final ServerConnection connection;
  private final ConnectionInfo info;
  private final RequestHead request;
  private final @Nullable InboundBody body;
  private final StreamInfo stream;
  private final Duration timeout; // as it came: the header is changed for the next hop
  private final List<EndListener> endListeners = new ArrayList<>(USUAL_LISTENERS);
  private State state = State.OPEN;
  private @Nullable Runnable abortListener;
  private @Nullable Answer answer;
  private boolean waitsForContinue;
  private boolean requestEnded; // of a tunnel: all is with the endpoint, or it takes no more
  private boolean answerEnded; // of a tunnel

  ServerExchange(
      ServerConnection connection,
      ConnectionInfo info,
      RequestHead request,
      @Nullable InboundBody body,
      boolean expectsContinue) {
    this.waitsForContinue = expectsContinue;
    this.connection = connection;
    this.info = info;
    this.request = request;
    this.body = body;
    this.stream = new StreamInfo(now());
    this.timeout = Deadlines.grpcTimeout(request.headers().get(Deadlines.GRPC_TIMEOUT));
  }

  // ---- as the connection sees it

  /** A piece of the body; owned. */
  void received(Bytes bytes) {
    stream.received(bytes.length());
    waitsForContinue = false; // it went on by itself
    if (body == null) {
      bytes.release();
    } else {
      body.data(bytes);
    }
  }

  void receivedAll(Headers trailers) {
    if (body != null) {
      body.end(trailers);
    }
  }

  boolean wantsBody() {
    return body == null || body.wantsMore();
  }

  /** True if the client may wait to be told that it may send the body. */
  boolean waitsForContinue() {
    return waitsForContinue;
  }

  boolean isOver() {
    return state == State.OVER;
  }

  /** True if it stands still until the client sends more of the request. */
  boolean waitsForRequest() {
    return switch (state) {
      case OPEN, ANSWERING -> body != null && !body.hasEnded() && body.wantsMore();
      case OVER -> true; // the next one may follow
    };
  }

  /** The client takes bytes again. */
  void answerWritable() {
    if (answer != null) {
      answer.goOn();
    }
  }

  /** True if it is a request no longer, but a way for bytes, which may stand still. */
  boolean isTunnelOpen() {
    return answer != null && answer.kind == AnswerHead.Body.TUNNEL;
  }

  /** The request's body is with the endpoint, or nobody takes the rest. */
  void requestEnded() {
    requestEnded = true;
    endTunnelIfDone();
  }

  private void endTunnelIfDone() {
    if (isTunnelOpen() && answerEnded && requestEnded && state == State.ANSWERING) {
      over(AnswerHead.Body.TUNNEL);
    }
  }

  /** Ends it without, or in the middle of, an answer. */
  void breakOff(Failure why) {
    if (state == State.OVER) {
      return;
    }
    state = State.OVER;
    stream.brokeOff(why);
    if (body != null) {
      body.fail(why);
      body.cancel();
    }
    if (abortListener != null) {
      abortListener.run();
    }
    if (answer != null) {
      answer.body.cancel();
    }
    tellEnd();
  }

  // ---- as the layers see it

  @Override
  public RequestHead request() {
    return request;
  }

  @Override
  public BodyStream requestBody() {
    return body == null ? BodyStream.empty() : body;
  }

  @Override
  public ConnectionInfo connection() {
    return info;
  }

  @Override
  public StreamInfo info() {
    return stream;
  }

  @Override
  public Scheduler loop() {
    return connection.transport().loop();
  }

  @Override
  public boolean isOpen() {
    return state == State.OPEN;
  }

  @Override
  public Duration remaining() {
    if (timeout.equals(Deadlines.NONE)) {
      return timeout;
    }
    var left = timeout.minusNanos(now() - stream.startedNanos());
    return left.isNegative() ? Duration.ZERO : left;
  }

  @Override
  public void onAbort(Runnable listener) {
    abortListener = listener;
    if (state == State.OVER) {
      listener.run(); // it came too late
    }
  }

  @Override
  public void onEnd(EndListener listener) {
    endListeners.add(listener);
  }

  @Override
  public void inform(ResponseHead interim) {
    if (state == State.OPEN && request.version() != HttpVersion.HTTP_1_0) {
      waitsForContinue &= interim.status() != CONTINUE;
      connection.out().head(AnswerHead.interim(connection.writer(), interim));
    }
  }

  @Override
  public void respond(ResponseHead head, BodyStream from) {
    if (state != State.OPEN) {
      from.cancel();
      return;
    }
    state = State.ANSWERING;
    stream.responding(head.status(), now());
    var kind = AnswerHead.body(request, head.status(), from);
    var keepAlive = kind != AnswerHead.Body.UNTIL_CLOSE && connection.keepsAlive();
    var out = connection.out();
    out.head(AnswerHead.write(connection.writer(), request, head, kind, from.length(), keepAlive));
    if (kind != AnswerHead.Body.TUNNEL && (kind == AnswerHead.Body.NONE || from.length() == 0)) {
      from.cancel();
      over(kind);
    } else {
      if (kind == AnswerHead.Body.TUNNEL) {
        connection.allowHalfClosure();
      }
      answer = new Answer(from, kind);
      from.subscribe(answer);
      from.request(Answer.WINDOW);
    }
  }

  @Override
  public void fail(Failure failure) {
    if (state == State.OPEN) { // no layer made a reply of it
      breakOff(failure);
      connection.reset();
    }
  }

  private void over(AnswerHead.Body kind) {
    state = State.OVER;
    answer = null;
    if (body != null) {
      body.cancel();
    }
    tellEnd();
    switch (kind) {
      case UNTIL_CLOSE -> connection.closeLingering();
      case TUNNEL -> connection.tunnelEnded();
      case NONE, LENGTH, CHUNKED -> connection.answered();
    }
  }

  private void tellEnd() {
    stream.ended(now());
    for (var listener : endListeners) {
      listener.ended(this);
    }
  }

  private long now() {
    return connection.transport().loop().ticker().nanos();
  }

  /** The answer's body on its way to the client. */
  private final class Answer implements BodyStream.Receiver {
    private static final long WINDOW = 64 << 10;

    private final BodyStream body;
    private final AnswerHead.Body kind;
    private long taken; // bytes not asked for again yet, because the client is slow

    Answer(BodyStream body, AnswerHead.Body kind) {
      this.body = body;
      this.kind = kind;
    }

    @Override
    public void data(Bytes bytes) {
      var length = bytes.length();
      stream.sent(length);
      taken += length;
      var out = connection.out();
      if (kind == AnswerHead.Body.CHUNKED) {
        out.chunk(bytes);
      } else {
        out.bytes(bytes);
      }
      goOn();
    }

    void goOn() {
      if (taken > 0 && connection.out().isWritable()) {
        var more = taken;
        taken = 0;
        body.request(more);
      }
    }

    @Override
    public void end(Headers trailers) {
      if (state != State.ANSWERING) {
        return;
      }
      if (kind == AnswerHead.Body.TUNNEL) {
        answerEnded = true;
        connection.out().end();
        endTunnelIfDone(); // the client may still have something to say
        return;
      }
      if (kind == AnswerHead.Body.CHUNKED) {
        connection.out().lastChunk(trailers, connection.writer());
      }
      over(kind);
    }

    @Override
    public void failed(Failure failure) {
      if (state == State.ANSWERING) {
        answer = null; // it has ended already
        breakOff(failure);
        connection.reset();
      }
    }
  }
}
