package dev.ondine.control.ca;

import dev.ondine.base.metrics.Metrics;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/** The authority's figures. */
final class CaMetrics {
  private final Metrics.Counter issued;
  private final Metrics.Counter refused;
  private final Metrics.Counter clientsRefused;
  private final Metrics.Gauge rootExpiry;
  private final Metrics.Gauge intermediateExpiry;
  private final Metrics.Gauge alarms;
  private final Metrics.Gauge issuing;

  CaMetrics(Metrics metrics) {
    issued =
        metrics.counter("ondine_ca_issued_total", "Certificates issued, by proof.", "attestor");
    refused =
        metrics.counter("ondine_ca_refused_total", "Certificates refused, by reason.", "reason");
    clientsRefused =
        metrics.counter(
            "ondine_ca_clients_refused_total", "Client certificates that were not believed.");
    rootExpiry = metrics.gauge("ondine_ca_root_expiry_seconds", "Until the root ends.");
    intermediateExpiry =
        metrics.gauge("ondine_ca_intermediate_expiry_seconds", "Until the intermediate ends.");
    alarms = metrics.gauge("ondine_ca_alarms", "What an operator must see to.");
    issuing = metrics.gauge("ondine_ca_issuing", "1 where this process may issue.");
  }

  void issued(String attestor) {
    issued.with(attestor).increment();
  }

  void refused(Refusal refusal) {
    refused.with(refusal.label()).increment();
  }

  void clientRefused() {
    clientsRefused.increment();
  }

  void root(X509Certificate root, Instant now) {
    rootExpiry.set(left(root, now));
  }

  void intermediate(X509Certificate intermediate, Instant now) {
    intermediateExpiry.set(left(intermediate, now));
  }

  void state(boolean mayIssue, int alarmCount) {
    issuing.set(mayIssue ? 1 : 0);
    alarms.set(alarmCount);
  }

  private static double left(X509Certificate certificate, Instant now) {
    return Duration.between(now, certificate.getNotAfter().toInstant()).toSeconds();
  }
}
