package dev.ondine.proxy.identity;

import dev.ondine.base.metrics.Metrics;
import java.time.Instant;

/** How the workload's certificate is doing. */
final class IdentityMetrics {
  private final Metrics.Counter requests;
  private final Metrics.Gauge expires;

  IdentityMetrics(Metrics metrics) {
    requests =
        metrics.counter(
            "ondine_identity_requests_total", "Requests for the own certificate.", "outcome");
    expires =
        metrics
            .gauge(
                "ondine_identity_expiry_timestamp_seconds",
                "When the own certificate expires, in seconds since 1970; 0 without one.")
            .with();
  }

  void succeeded() {
    requests.with("signed").increment();
  }

  void failed() {
    requests.with("failed").increment();
  }

  void expires(Instant when) {
    expires.set((double) when.getEpochSecond());
  }
}
