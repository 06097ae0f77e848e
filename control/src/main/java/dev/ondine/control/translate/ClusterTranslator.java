package dev.ondine.control.translate;

import dev.ondine.control.policy.TrafficPolicy;
import dev.ondine.model.Cluster;
import java.util.Set;

/** How the endpoints of a name are balanced and connected to. */
public final class ClusterTranslator {
  private ClusterTranslator() {}

  /** The name's cluster. */
  public static Cluster translate(Resolution.Found found) {
    var policy = found.view().trafficPolicy();
    return new Cluster(
        found.name(),
        found.name(),
        policy.flatMap(TrafficPolicy::balancing).orElse(Cluster.Balancing.LEAST_REQUEST),
        policy.flatMap(TrafficPolicy::connectTimeout).orElse(Cluster.DEFAULT_CONNECT_TIMEOUT),
        found.port().protocol(),
        Set.of());
  }
}
