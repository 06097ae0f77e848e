package dev.ondine.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.Slowness;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RefusalMetricsTest {
  private static final InetSocketAddress CLIENT = InetSocketAddress.createUnresolved("client", 1);
  private static final ConnectionInfo INFO =
      new ConnectionInfo(
          ConnectionInfo.Direction.INBOUND, CLIENT, CLIENT, Optional.empty(), Optional.empty());

  private final PrometheusMetrics metrics = new PrometheusMetrics();
  private final RefusalMetrics refusals = new RefusalMetrics(metrics);

  @Test
  void whoIsTooSlowIsCountedByWhatItWasSlowAt() {
    refusals.tooSlow(INFO, Slowness.ANSWER);
    refusals.tooSlow(INFO, Slowness.ANSWER);
    refusals.tooSlow(INFO, Slowness.HEAD);

    assertThat(metrics.scrape())
        .contains(
            "ondine_http_slow_clients_total{at=\"answer\",direction=\"inbound\"} 2.0",
            "ondine_http_slow_clients_total{at=\"head\",direction=\"inbound\"} 1.0",
            "ondine_http_refused_total{direction=\"inbound\",reason=\"request_timeout\"} 3.0");
  }

  @Test
  void whatIsRefusedForAnythingElseWasNotSlow() {
    refusals.refused(INFO, Reason.BAD_REQUEST, "no host");

    assertThat(metrics.scrape())
        .contains("ondine_http_refused_total{direction=\"inbound\",reason=\"bad_request\"} 1.0")
        .doesNotContain("ondine_http_slow_clients_total{");
  }
}
