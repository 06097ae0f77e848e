package dev.ondine.proxy.telemetry;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.tls.Handshakes;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts handshakes with clients by how they ended. */
public final class TlsMetrics implements Handshakes {
  private static final Logger LOG = LoggerFactory.getLogger(TlsMetrics.class);

  private final Metrics.Counter ended;

  /** Registers the counter. */
  public TlsMetrics(Metrics metrics) {
    ended =
        metrics.counter(
            "ondine_tls_handshakes_total", "TLS handshakes with clients that are over.", "outcome");
  }

  @Override
  public void ended(ConnectionInfo connection, Outcome outcome, String detail) {
    ended.with(outcome.name().toLowerCase(Locale.ROOT)).increment();
    LOG.debug("handshake with {}: {} {}", connection.peer(), outcome, detail);
  }
}
