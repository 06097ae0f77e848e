package dev.ondine.xds.server;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.server.StreamSnapshot.Protocol;
import java.util.Locale;

/** The figures of the xDS server. */
final class AdsMetrics {
  private final Metrics.Gauge streams;
  private final Metrics.Counter requests;
  private final Metrics.Counter responses;
  private final Metrics.Counter refused;

  AdsMetrics(Metrics metrics) {
    streams = metrics.gauge("ondine_xds_streams", "Open xDS streams.", "protocol");
    requests =
        metrics.counter(
            "ondine_xds_answers_total", "Responses that clients answered.", "type", "answer");
    responses = metrics.counter("ondine_xds_responses_total", "xDS responses sent.", "type");
    refused = metrics.counter("ondine_xds_streams_refused_total", "xDS streams refused: too many.");
  }

  void opened(Protocol protocol) {
    streams.with(label(protocol)).add(1);
  }

  void closed(Protocol protocol) {
    streams.with(label(protocol)).add(-1);
  }

  void refused() {
    refused.increment();
  }

  void ack(ResourceType type) {
    requests.with(label(type), "ack").increment();
  }

  void nack(ResourceType type) {
    requests.with(label(type), "nack").increment();
  }

  void response(ResourceType type) {
    responses.with(label(type)).increment();
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
