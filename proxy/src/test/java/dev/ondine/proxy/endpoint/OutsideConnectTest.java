package dev.ondine.proxy.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.Deadlines;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.http.StreamInfo;
import dev.ondine.testkit.ManualClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutsideConnectTest {
  private static final int OWN = 15_000;

  private final ManualClock clock = new ManualClock();

  /** Where a CONNECT goes, or why it goes nowhere. */
  private String outcome(OutsideNames.Policy policy, String authority, String original) {
    var call = new Call(authority, Optional.ofNullable(original).map(OutsideConnectTest::address));
    new OutsideNames(policy, new OwnPorts(Set.of(OWN)))
        .around(exchange -> call.outcome = endpoint(exchange))
        .serve(call);
    return call.outcome;
  }

  private static String endpoint(HttpExchange exchange) {
    var endpoint = exchange.info().endpoint();
    return endpoint == null ? "nowhere" : endpoint.authority();
  }

  private static InetSocketAddress address(String text) {
    var colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        InetAddress.ofLiteral(text.substring(0, colon)),
        Integer.parseInt(text.substring(colon + 1)));
  }

  @ParameterizedTest
  @CsvSource({
    "PASSTHROUGH, example.com:443,, example.com:443",
    "PASSTHROUGH, 192.0.2.1:22,, 192.0.2.1:22",
    "PASSTHROUGH, [2001:db8::1]:22,, [2001:db8::1]:22",
    "DENY, example.com:443,, not_permitted",
    "PASSTHROUGH, 127.0.0.1:15000,, loop",
    "PASSTHROUGH, localhost:15000,, loop",
    "PASSTHROUGH, LocalHost:15000,, loop",
    "PASSTHROUGH, 169.254.169.254:80,, not_permitted",
    "PASSTHROUGH, [::1]:15000,, loop",
    "PASSTHROUGH, 127.0.0.1:22,, not_permitted",
    "PASSTHROUGH, 127.9.9.9:22,, not_permitted",
    "PASSTHROUGH, LocalHost:22,, not_permitted",
    "PASSTHROUGH, [::ffff:127.0.0.1]:22,, not_permitted",
    "PASSTHROUGH, 0.0.0.0:22,, not_permitted",
    "PASSTHROUGH, [::]:22,, not_permitted",
    // for a proxy elsewhere: what it is asked for is its business
    "PASSTHROUGH, 127.0.0.1:22, 192.0.2.7:3128, 192.0.2.7:3128",
    "DENY, example.com:443, 192.0.2.7:3128, not_permitted",
  })
  void where(OutsideNames.Policy policy, String authority, String original, String expected) {
    assertThat(outcome(policy, authority, original)).isEqualTo(expected);
  }

  /** A CONNECT that notes what becomes of it. */
  private final class Call implements HttpExchange {
    private final RequestHead request;
    private final ConnectionInfo connection;
    private final StreamInfo info = new StreamInfo(0);
    private String outcome = "nothing";

    Call(String authority, Optional<InetSocketAddress> original) {
      request =
          new RequestHead("CONNECT", "http", authority, "", HttpVersion.HTTP_1_1, Headers.of());
      var peer = new InetSocketAddress(0);
      connection = new ConnectionInfo(Direction.OUTBOUND, peer, peer, original, Optional.empty());
    }

    @Override
    public void fail(Failure failure) {
      outcome = failure.reason().text();
    }

    @Override
    public void respond(ResponseHead head, BodyStream body) {
      outcome = "answered " + head.status();
    }

    @Override
    public RequestHead request() {
      return request;
    }

    @Override
    public BodyStream requestBody() {
      return BodyStream.empty();
    }

    @Override
    public ConnectionInfo connection() {
      return connection;
    }

    @Override
    public StreamInfo info() {
      return info;
    }

    @Override
    public Scheduler loop() {
      return clock;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public Duration remaining() {
      return Deadlines.NONE;
    }

    @Override
    public void onAbort(Runnable listener) {}

    @Override
    public void onEnd(EndListener listener) {}

    @Override
    public void inform(ResponseHead interim) {}
  }
}
