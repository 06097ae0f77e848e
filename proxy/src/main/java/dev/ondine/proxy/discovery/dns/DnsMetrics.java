package dev.ondine.proxy.discovery.dns;

import dev.ondine.base.metrics.Metrics;

/** The figures of the workload's DNS, {@code ondine_dns_*}. No name is ever a label. */
final class DnsMetrics {
  final Metrics.Counter mesh;
  final Metrics.Counter noSuchName;
  final Metrics.Counter forwarded;
  final Metrics.Counter failed;
  final Metrics.Counter malformed;
  final Metrics.Gauge inFlight;

  DnsMetrics(Metrics metrics) {
    var queries =
        metrics.counter("ondine_dns_queries_total", "DNS queries by how they ended.", "answer");
    mesh = queries.with("mesh");
    noSuchName = queries.with("no_such_name");
    forwarded = queries.with("forwarded");
    failed = queries.with("failed");
    malformed = queries.with("malformed");
    inFlight = metrics.gauge("ondine_dns_in_flight", "DNS queries without an answer yet.");
  }
}
