package dev.ondine.proxy.telemetry;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.Refusals;
import dev.ondine.proxy.http.Slowness;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what the codecs refused. The reasons are a fixed set. */
public final class RefusalMetrics implements Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalMetrics.class);

  private final Metrics.Counter refused;
  private final Metrics.Counter slow;

  /** Registers the counter. */
  public RefusalMetrics(Metrics metrics) {
    refused =
        metrics.counter(
            "ondine_http_refused_total",
            "Messages, streams and connections that were refused or broken off for what the client"
                + " did, before they became a request or in the middle of one.",
            "direction",
            "reason");
    slow =
        metrics.counter(
            "ondine_http_slow_clients_total",
            "Connections and streams that were broken off because the client was too slow, by what"
                + " it was slow at: head, body or answer.",
            "direction",
            "at");
  }

  @Override
  public void refused(ConnectionInfo connection, Reason reason, String detail) {
    var direction = direction(connection);
    refused.with(direction, reason.text()).increment();
    LOG.debug("{} {}: {}", direction, reason.text(), detail);
  }

  @Override
  public void tooSlow(ConnectionInfo connection, Slowness at) {
    slow.with(direction(connection), at.name().toLowerCase(Locale.ROOT)).increment();
    Refusals.super.tooSlow(connection, at);
  }

  private static String direction(ConnectionInfo connection) {
    return connection.direction().name().toLowerCase(Locale.ROOT);
  }
}
