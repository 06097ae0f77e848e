package dev.ondine.proxy.discovery;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.http.StreamInfo;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request whose client and whose answer are in a test's hands. */
final class FakeExchange implements HttpExchange {
  private final RequestHead request;
  private final BodyStream body;
  private final Scheduler loop;
  private final StreamInfo info;
  private final Duration remaining;
  private final List<EndListener> endListeners = new ArrayList<>();
  private Runnable abort = () -> {};
  private boolean open = true;
  private boolean bodyWanted;
  private @Nullable LocalReply reply;
  private @Nullable ResponseHead response;

  private FakeExchange(RequestHead request, long bodyLength, Scheduler loop, Duration remaining) {
    this.request = request;
    this.body = new UnreadBody(bodyLength);
    this.loop = loop;
    this.info = new StreamInfo(loop.ticker().nanos());
    this.remaining = remaining;
  }

  static FakeExchange to(String authority, Scheduler loop) {
    return new FakeExchange(head(authority, Headers.none()), 0, loop, Services.NO_DEADLINE);
  }

  static FakeExchange upload(String authority, long length, Scheduler loop) {
    return new FakeExchange(head(authority, Headers.none()), length, loop, Services.NO_DEADLINE);
  }

  static FakeExchange grpc(String authority, Scheduler loop) {
    var headers = Headers.of("content-type", "application/grpc");
    return new FakeExchange(head(authority, headers), 0, loop, Services.NO_DEADLINE);
  }

  FakeExchange within(Duration remaining) {
    return new FakeExchange(request, body.length(), loop, remaining);
  }

  private static RequestHead head(String authority, Headers headers) {
    return new RequestHead("GET", "http", authority, "/", HttpVersion.HTTP_1_1, headers);
  }

  /** The client leaves. */
  void abort() {
    open = false;
    abort.run();
    end();
  }

  /** The answer is complete, or broken off. */
  void end() {
    open = false;
    endListeners.forEach(listener -> listener.ended(this));
    endListeners.clear();
  }

  /** The reason of the mesh's own answer, and its status; empty: there is none. */
  String replied() {
    return reply == null || response == null ? "" : response.status() + " " + reply.reason().text();
  }

  @Nullable String header(String name) {
    return response == null ? null : response.headers().get(name);
  }

  boolean bodyWanted() {
    return bodyWanted;
  }

  @Override
  public void reply(LocalReply reply) {
    this.reply = reply;
    HttpExchange.super.reply(reply);
  }

  @Override
  public void respond(ResponseHead head, BodyStream body) {
    response = head;
    body.cancel();
    end();
  }

  @Override
  public void fail(Failure failure) {
    throw new AssertionError("discovery replies, it does not fail: " + failure);
  }

  @Override
  public RequestHead request() {
    return request;
  }

  @Override
  public BodyStream requestBody() {
    return body;
  }

  @Override
  public ConnectionInfo connection() {
    var nowhere = new InetSocketAddress(0);
    return new ConnectionInfo(
        ConnectionInfo.Direction.OUTBOUND, nowhere, nowhere, Optional.empty(), Optional.empty());
  }

  @Override
  public StreamInfo info() {
    return info;
  }

  @Override
  public Scheduler loop() {
    return loop;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public Duration remaining() {
    if (remaining.equals(Services.NO_DEADLINE)) {
      return remaining;
    }
    var left = remaining.minusNanos(loop.ticker().nanos() - info.startedNanos());
    return left.isNegative() ? Duration.ZERO : left;
  }

  @Override
  public void onAbort(Runnable listener) {
    abort = listener;
  }

  @Override
  public void onEnd(EndListener listener) {
    endListeners.add(listener);
  }

  @Override
  public void inform(ResponseHead interim) {}

  /** A body that has not come yet; shows whether somebody wants it. */
  private final class UnreadBody implements BodyStream {
    private final long length;

    UnreadBody(long length) {
      this.length = length;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public void subscribe(Receiver receiver) {
      bodyWanted = true;
    }

    @Override
    public void request(long bytes) {
      bodyWanted = true;
    }

    @Override
    public void cancel() {}
  }
}
