package dev.ondine.control.translate;

import dev.ondine.control.policy.TrafficPolicy;
import dev.ondine.model.Cluster;
import dev.ondine.model.Identity;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How the endpoints of a name are balanced and connected to. */
public final class ClusterTranslator {
  private ClusterTranslator() {}

  /**
   * The name's cluster.
   *
   * @param trustDomain of the mesh; empty where nobody has an identity
   */
  public static Cluster translate(Resolution.Found found, Optional<String> trustDomain) {
    var policy = found.view().trafficPolicy();
    return new Cluster(
        found.name(),
        found.name(),
        policy.flatMap(TrafficPolicy::balancing).orElse(Cluster.Balancing.LEAST_REQUEST),
        policy.flatMap(TrafficPolicy::connectTimeout).orElse(Cluster.DEFAULT_CONNECT_TIMEOUT),
        found.port().protocol(),
        trustDomain.map(domain -> identities(found, domain)).orElse(Set.of()));
  }

  /** Whoever runs one of its workloads may answer for it, and nobody else. */
  private static Set<Identity> identities(Resolution.Found found, String trustDomain) {
    return found.members().stream()
        .filter(found::isMutual)
        .map(workload -> new Identity(trustDomain, workload.namespace(), workload.serviceAccount()))
        .collect(Collectors.toUnmodifiableSet());
  }
}
