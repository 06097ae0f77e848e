package dev.ondine.base.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class PrometheusMetricsTest {
  private final PrometheusMetrics metrics = new PrometheusMetrics();

  @Test
  void countsByLabels() {
    var requests = metrics.counter("istio_requests_total", "Requests served.", "code");
    requests.with("200").increment();
    requests.with("200").add(2);
    requests.with("503").increment();

    assertThat(metrics.scrape())
        .isEqualTo(
            """
            # HELP istio_requests_total Requests served.
            # TYPE istio_requests_total counter
            istio_requests_total{code="200"} 3.0
            istio_requests_total{code="503"} 1.0
            """);
  }

  @Test
  void gaugesGoUpAndDown() {
    var open = metrics.gauge("ondine_connections", "Open connections.");
    open.set(5);
    open.add(-2);

    assertThat(metrics.scrape())
        .contains("# TYPE ondine_connections gauge\nondine_connections 3.0");
  }

  @Test
  void histogramsAddUpToTheirBounds() {
    var wait =
        metrics.histogram(
            "ondine_discovery_wait_seconds", "Wait.", new double[] {0.01, 0.1}, "result");
    wait.with("warm").observe(0.005);
    wait.with("warm").observe(0.05);
    wait.with("warm").observe(7);

    assertThat(metrics.scrape())
        .contains(
            """
            # TYPE ondine_discovery_wait_seconds histogram
            ondine_discovery_wait_seconds_bucket{result="warm",le="0.01"} 1
            ondine_discovery_wait_seconds_bucket{result="warm",le="0.1"} 2
            ondine_discovery_wait_seconds_bucket{result="warm",le="+Inf"} 3
            ondine_discovery_wait_seconds_count{result="warm"} 3
            ondine_discovery_wait_seconds_sum{result="warm"} 7.055
            """);
  }

  @Test
  void theSameMetricMayBeAskedForTwice() {
    metrics.counter("ondine_retries_total", "Retries.").increment();
    metrics.counter("ondine_retries_total", "Retries.").increment();

    assertThat(metrics.scrape()).contains("ondine_retries_total 2.0");
  }

  @Test
  void anotherMetricOfTheSameNameIsAMistake() {
    metrics.counter("ondine_retries_total", "Retries.", "reason");

    assertThatThrownBy(() -> metrics.gauge("ondine_retries_total", "Retries.", "reason"))
        .hasMessage(
            "metric ondine_retries_total is a Counter with labels [reason] already, not a Gauge"
                + " with labels [reason]");
  }

  @Test
  void labelsMustBeNamedBeforeCounting() {
    var retries = metrics.counter("ondine_retries_total", "Retries.", "reason");

    assertThatThrownBy(retries::increment)
        .hasMessage("metric ondine_retries_total has labels: call with(…) first");
    assertThatThrownBy(() -> retries.with("a", "b"))
        .hasMessage("metric ondine_retries_total has 1 labels, not the values [a, b]");
  }

  @Test
  void seriesAreBounded() {
    var names = metrics.counter("ondine_names_total", "By a label that nobody bounded.", "name");
    for (var i = 0; i < PrometheusMetrics.MAX_SERIES + 100; i++) {
      names.with("name-" + i).increment();
    }

    var scrape = metrics.scrape();
    assertThat(scrape.lines().filter(line -> line.startsWith("ondine_names_total{")))
        .hasSize(PrometheusMetrics.MAX_SERIES + 1);
    assertThat(scrape).contains("ondine_names_total{name=\"_overflow\"} 100.0");
  }

  @Test
  void threadsMayShareASeries() throws Exception {
    var shared = metrics.counter("ondine_shared_total", "Shared.");
    var threads = new ArrayList<Thread>();
    for (var i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (var n = 0; n < 10_000; n++) {
                      shared.increment();
                    }
                  }));
    }
    for (var thread : threads) {
      thread.join();
    }

    assertThat(metrics.scrape()).contains("ondine_shared_total 40000.0");
  }
}
