package dev.ondine.xds.client;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.xds.codec.ResourceType;
import java.util.Locale;

/** The figures of the xDS client. */
final class AdsClientMetrics {
  private final Metrics.Gauge connected;
  private final Metrics.Counter connects;
  private final Metrics.Counter requests;
  private final Metrics.Counter responses;
  private final Metrics.Gauge subscriptions;

  AdsClientMetrics(Metrics metrics) {
    connected =
        metrics.gauge("ondine_xds_client_connected", "Whether the stream to control is open.");
    connects =
        metrics.counter(
            "ondine_xds_client_connects_total", "Attempts to open a stream to control.", "result");
    requests = metrics.counter("ondine_xds_client_requests_total", "xDS requests sent.", "type");
    responses =
        metrics.counter(
            "ondine_xds_client_responses_total", "xDS responses taken.", "type", "answer");
    subscriptions =
        metrics.gauge("ondine_xds_client_subscriptions", "Names subscribed to.", "type");
  }

  void connected(boolean up) {
    connected.set(up ? 1 : 0);
  }

  void connect(boolean worked) {
    connects.with(worked ? "ok" : "failed").increment();
  }

  void request(ResourceType type) {
    requests.with(label(type)).increment();
  }

  void response(ResourceType type, boolean accepted) {
    responses.with(label(type), accepted ? "ack" : "nack").increment();
  }

  void subscriptions(ResourceType type, int count) {
    subscriptions.with(label(type)).set(count);
  }

  private static String label(ResourceType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
