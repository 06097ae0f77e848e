package dev.ondine.proxy.telemetry;

import dev.ondine.model.DemandKey;
import dev.ondine.model.Listener;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who talks to whom, as the labels that all of Istio's metrics begin with. Only names that control
 * confirmed; what a caller made up is {@code unknown}.
 *
 * @param workload this sidecar's own
 * @param service the one that its workload belongs to
 */
record Parties(String workload, String namespace, String service) {
  private static final String UNKNOWN = "unknown";

  /** The names of the labels, and then these. */
  static String[] names(String... more) {
    return Stream.concat(
            Stream.of(
                "reporter",
                "source_workload",
                "source_workload_namespace",
                "destination_service",
                "destination_service_name",
                "destination_service_namespace"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  /**
   * Their values, and then these.
   *
   * @param listener of the service that was called; null for none of the mesh
   */
  String[] labels(Direction direction, @Nullable Listener listener, String... more) {
    var inbound = direction == Direction.INBOUND;
    var to = listener == null ? null : listener.service().orElse(null);
    var name = inbound ? service : to == null ? UNKNOWN : to.service();
    var space = inbound ? namespace : to == null ? UNKNOWN : to.namespace();
    return Stream.concat(
            Stream.of(
                inbound ? "destination" : "source",
                inbound ? UNKNOWN : workload,
                inbound ? UNKNOWN : namespace,
                name.equals(UNKNOWN) ? UNKNOWN : name + "." + space + DemandKey.SUFFIX,
                name,
                space),
            Stream.of(more))
        .toArray(String[]::new);
  }
}
