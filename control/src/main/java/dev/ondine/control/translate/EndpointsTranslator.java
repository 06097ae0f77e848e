package dev.ondine.control.translate;

import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.Endpoint;
import dev.ondine.model.ServicePort;
import dev.ondine.model.Workload;
import java.util.Comparator;
import java.util.Optional;

/** The live endpoints of a name, in a stable order; an empty list says that there are none now. */
public final class EndpointsTranslator {
  private EndpointsTranslator() {}

  /**
   * The name's endpoints.
   *
   * @param trustDomain of the mesh; empty where nobody has an identity
   */
  public static ClusterEndpoints translate(Resolution.Found found, Optional<String> trustDomain) {
    var endpoints =
        found.members().stream()
            .sorted(Comparator.comparing(Workload::name))
            .flatMap(
                workload ->
                    endpoint(
                        workload, found.port(), trustDomain.isPresent() && found.isMutual(workload))
                        .stream())
            .toList();
    return new ClusterEndpoints(found.name(), endpoints);
  }

  /**
   * Empty where the workload does not serve the port: during a roll-out that adds a port, old
   * workloads lack it.
   */
  private static Optional<Endpoint> endpoint(Workload workload, ServicePort port, boolean mtls) {
    return Optional.ofNullable(workload.ports().get(port.name()))
        .map(
            number ->
                new Endpoint(
                    workload.address(),
                    number,
                    workload.name(),
                    workload.sidecar(),
                    mtls,
                    health(workload.state()),
                    workload.weight(),
                    workload.locality()));
  }

  private static Endpoint.Health health(Workload.State state) {
    return switch (state) {
      case READY -> Endpoint.Health.HEALTHY;
      case LAME_DUCK -> Endpoint.Health.DRAINING;
    };
  }
}
