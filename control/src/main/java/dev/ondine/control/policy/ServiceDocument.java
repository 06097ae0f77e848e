package dev.ondine.control.policy;

import dev.ondine.model.ServicePort;
import java.util.List;

/**
 * Declares a service and its ports. Needed only where the ports that workloads register are not
 * what callers should see, or where a service must exist without workloads.
 *
 * @param ports at least one, names and numbers unique
 */
public record ServiceDocument(Metadata metadata, List<ServicePort> ports) implements Document {
  public ServiceDocument {
    ports = List.copyOf(ports);
  }
}
