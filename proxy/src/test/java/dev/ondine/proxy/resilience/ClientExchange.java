package dev.ondine.proxy.resilience;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.http.StreamInfo;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request, mostly without a body and with an hour's deadline, and what its client sees, as text:
 * {@code 200 hello.}.
 */
public final class ClientExchange implements HttpExchange {
  private final RequestHead request;
  private final Duration remaining;
  private final Scheduler loop;
  private final StreamInfo info;
  private final BodyStream body;
  private final StringBuilder seen = new StringBuilder();
  private boolean open = true;
  private Runnable abort = () -> {};
  private @Nullable BodyStream answer;

  ClientExchange(String method, Scheduler loop) {
    this(method, Headers.of(), Duration.ofHours(1), loop);
  }

  ClientExchange(String method, BodyStream body, Scheduler loop) {
    this(method, Headers.of(), Duration.ofHours(1), body, loop);
  }

  /** A request with these headers. */
  public ClientExchange(String method, Headers headers, Duration remaining, Scheduler loop) {
    this(method, headers, remaining, BodyStream.empty(), loop);
  }

  private ClientExchange(
      String method, Headers headers, Duration remaining, BodyStream body, Scheduler loop) {
    this.body = body;
    this.request = new RequestHead(method, "http", "orders", "/", HttpVersion.HTTP_1_1, headers);
    this.remaining = remaining;
    this.loop = loop;
    this.info = new StreamInfo(loop.ticker().nanos());
  }

  /** The status, then the body; a dot for its end, an exclamation mark where it breaks off. */
  public String seen() {
    return seen.toString();
  }

  void leave() {
    open = false;
    abort.run();
  }

  /** The client takes more of the answer. */
  void take(long bytes) {
    if (answer != null) {
      answer.request(bytes);
    }
  }

  @Override
  public void respond(ResponseHead head, BodyStream body) {
    open = false;
    seen.append(head.status()).append(' ');
    answer = body;
    body.subscribe(
        new BodyStream.Receiver() {
          @Override
          public void data(Bytes bytes) {
            seen.append(new String(bytes.toArray(), StandardCharsets.UTF_8));
            bytes.release();
            body.request(bytes.length());
          }

          @Override
          public void end(Headers trailers) {
            seen.append('.');
          }

          @Override
          public void failed(Failure failure) {
            seen.append('!');
          }
        });
    body.request(10);
  }

  @Override
  public void fail(Failure failure) {
    open = false;
    seen.append("failed ").append(failure.reason().text());
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
    var left = remaining.minusNanos(loop.ticker().nanos() - info.startedNanos());
    return left.isNegative() ? Duration.ZERO : left;
  }

  @Override
  public void onAbort(Runnable listener) {
    abort = listener;
  }

  @Override
  public void onEnd(EndListener listener) {}

  @Override
  public void inform(ResponseHead interim) {
    seen.append(interim.status()).append(' ');
  }
}
