package dev.ondine.control.registry;

import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.Locality;
import dev.ondine.model.ServicePort;
import dev.ondine.model.Workload;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a workload says of itself when it registers, and with every heartbeat.
 *
 * @param workload its {@code ports} need not be given: they are taken from the other parameter
 * @param ports what it serves, as callers see it; empty: the declared ports of its service, at
 *     their target ports
 */
public record Registration(Workload workload, List<ServicePort> ports) {
  /** Rejects ports that no service could have. */
  public Registration {
    ports = List.copyOf(ports);
    var seen = new HashSet<String>();
    for (var port : ports) {
      if (!seen.add("#" + port.port()) || !seen.add(port.name())) {
        throw new InvalidResourceException(
            "workload " + workload.name() + ".ports",
            "port " + port.name() + " (" + port.port() + ") twice");
      }
    }
    workload = withPorts(workload, ports);
  }

  /** A ready workload behind a sidecar, with the defaults for everything else. */
  public static Registration ready(
      String namespace, String service, String instance, String address, List<ServicePort> ports) {
    var workload =
        new Workload(
            instance,
            namespace,
            service,
            address,
            Map.of(),
            true,
            false,
            Workload.State.READY,
            service,
            Locality.UNKNOWN,
            1,
            Map.of());
    return new Registration(workload, ports);
  }

  /** This registration in another state. */
  public Registration withState(Workload.State state) {
    return new Registration(workload.withState(state), ports);
  }

  /** Which workload it is. */
  public WorkloadKey key() {
    return new WorkloadKey(workload.namespace(), workload.name());
  }

  /** Which service it belongs to. */
  public ServiceKey service() {
    return new ServiceKey(workload.namespace(), workload.service());
  }

  private static Workload withPorts(Workload workload, List<ServicePort> ports) {
    return new Workload(
        workload.name(),
        workload.namespace(),
        workload.service(),
        workload.address(),
        ports.stream().collect(Collectors.toMap(ServicePort::name, ServicePort::targetPort)),
        workload.sidecar(),
        workload.mtls(),
        workload.state(),
        workload.serviceAccount(),
        workload.locality(),
        workload.weight(),
        workload.labels());
  }
}
