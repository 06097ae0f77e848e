package dev.ondine.proxy.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.Deadlines;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a deadline on its way down: refused, shortened, told to the next hop. */
class DeadlineLayersTest {
  private final ManualClock clock = new ManualClock();
  private final List<HttpExchange> served = new ArrayList<>();

  private ClientExchange call(String contentType, String timeout) {
    var headers = Headers.of("content-type", contentType, "grpc-timeout", timeout);
    return new ClientExchange("POST", headers, Deadlines.grpcTimeout(timeout), clock);
  }

  @ParameterizedTest
  @CsvSource({
    "application/grpc, 1S, ''",
    "application/grpc, 99999999H, ''",
    "application/grpc, 0S, failed deadline_exceeded",
    "application/grpc, 0n, failed deadline_exceeded",
    "application/grpc+proto, 1000000000H, failed bad_request",
    "application/grpc, soon, failed bad_request",
    "application/json, soon, ''",
  })
  void deadlineOnArrival(String contentType, String timeout, String seen) {
    var client = call(contentType, timeout);

    new CallersDeadline().around(served::add).serve(client);

    assertThat(client.seen()).isEqualTo(seen);
    assertThat(served).hasSize(seen.isEmpty() ? 1 : 0);
  }

  @Test
  void callersDeadlineEndsTheCall() {
    var client = call("application/grpc", "1S");
    new RequestTimeout(Duration.ofSeconds(5)).around(served::add).serve(client);

    clock.advance(Duration.ofSeconds(1));

    assertThat(client.seen()).isEqualTo("failed deadline_exceeded");
  }

  @Test
  void routesTimeoutEndsTheCallAndIsTold() {
    var client = call("application/grpc", "10S");
    new RequestTimeout(Duration.ofSeconds(5)).around(served::add).serve(client);

    clock.advance(Duration.ofSeconds(2));
    Deadlines.forward(served.getFirst());
    assertThat(client.request().headers().get("grpc-timeout")).isEqualTo("3000000u");
    clock.advance(Duration.ofSeconds(3));

    assertThat(client.seen()).isEqualTo("failed upstream_timeout");
  }

  @Test
  void timeThatWasSpentHereIsNotGivenToTheNextHop() {
    var client = call("application/grpc", "10S");
    clock.advance(Duration.ofMillis(1_250));

    Deadlines.forward(client);
    assertThat(client.request().headers().get("grpc-timeout")).isEqualTo("8750000u");

    clock.advance(Duration.ofMillis(250)); // a second try
    Deadlines.forward(client);
    assertThat(client.request().headers().get("grpc-timeout")).isEqualTo("8500000u");
  }

  @Test
  void noDeadlineIsInvented() {
    var client = new ClientExchange("POST", Headers.of(), Deadlines.NONE, clock);
    new RequestTimeout(Duration.ofSeconds(5)).around(served::add).serve(client);

    Deadlines.forward(served.getFirst());

    assertThat(client.request().headers().contains("grpc-timeout")).isFalse();
  }
}
