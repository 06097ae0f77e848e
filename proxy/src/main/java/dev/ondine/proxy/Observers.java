package dev.ondine.proxy;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.proxy.http.Refusals;
import dev.ondine.proxy.tcp.Sessions;
import dev.ondine.proxy.tcp.TcpSettings;
import dev.ondine.proxy.telemetry.AccessLog;
import dev.ondine.proxy.telemetry.RefusalMetrics;
import dev.ondine.proxy.telemetry.RequestMetrics;
import dev.ondine.proxy.telemetry.TcpMetrics;

/** Who sees the traffic of both directions: access log and metrics. */
record Observers(
    AccessLog accessLog, RequestMetrics requests, TcpMetrics connections, Refusals refusals) {

  /** Those of one sidecar. */
  static Observers of(SidecarConfig config, AccessLog accessLog, Metrics metrics) {
    var workload = config.instance();
    return new Observers(
        accessLog,
        new RequestMetrics(metrics, workload, config.namespace(), config.service()),
        new TcpMetrics(metrics, workload, config.namespace(), config.service()),
        new RefusalMetrics(metrics));
  }

  /** The relayed connections of one direction. */
  Sessions sessions(TcpSettings settings) {
    return new Sessions(accessLog, connections, settings.relay());
  }
}
