package dev.ondine.control.registry;

import dev.ondine.control.policy.TrafficPolicy;
import dev.ondine.model.Service;
import dev.ondine.model.Workload;
import java.util.List;
import java.util.Optional;

/**
 * A service with all that is known about it.
 *
 * @param declared by a document; otherwise it exists because workloads of it do
 * @param workloads by name, those without any of the service's ports left out; the ports of each
 *     are by this service's port names
 * @param visibleTo the namespaces whose sidecars may discover it, besides its own; empty: all
 */
public record ServiceView(
    Service service,
    boolean declared,
    List<Workload> workloads,
    Optional<TrafficPolicy> trafficPolicy,
    List<String> visibleTo) {
  public ServiceView {
    workloads = List.copyOf(workloads);
    visibleTo = List.copyOf(visibleTo);
  }

  /** Which service it is. */
  public ServiceKey key() {
    return new ServiceKey(service.namespace(), service.name());
  }

  /** Whether sidecars of this namespace may discover it. */
  public boolean isVisibleTo(String namespace) {
    return visibleTo.isEmpty()
        || namespace.equals(service.namespace())
        || visibleTo.contains(namespace);
  }

  /** One instance, {@code orders-0}. */
  public Optional<Workload> workload(String name) {
    return workloads.stream().filter(workload -> workload.name().equals(name)).findFirst();
  }
}
