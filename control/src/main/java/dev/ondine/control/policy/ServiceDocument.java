package dev.ondine.control.policy;

import dev.ondine.model.ServicePort;
import java.util.List;

/**
 * Declares a service and its ports. Needed only where the ports that workloads register are not
 * what callers should see, or where a service must exist without workloads.
 *
 * @param ports at least one, names and numbers unique
 * @param visibleTo the namespaces whose sidecars may discover it, besides its own; empty: all
 */
public record ServiceDocument(Metadata metadata, List<ServicePort> ports, List<String> visibleTo)
    implements Document {
  public ServiceDocument {
    ports = List.copyOf(ports);
    visibleTo = List.copyOf(visibleTo);
  }
}
