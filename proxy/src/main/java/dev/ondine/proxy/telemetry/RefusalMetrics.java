package dev.ondine.proxy.telemetry;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.Refusals;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what was refused before it became a request. The reasons are a fixed set. */
public final class RefusalMetrics implements Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalMetrics.class);

  private final Metrics.Counter refused;

  /** Registers the counter. */
  public RefusalMetrics(Metrics metrics) {
    refused =
        metrics.counter(
            "ondine_http_refused_total",
            "Messages that were refused before they became a request.",
            "direction",
            "reason");
  }

  @Override
  public void refused(ConnectionInfo connection, Reason reason, String detail) {
    var direction = connection.direction().name().toLowerCase(Locale.ROOT);
    refused.with(direction, reason.text()).increment();
    LOG.debug("{} {}: {}", direction, reason.text(), detail);
  }
}
