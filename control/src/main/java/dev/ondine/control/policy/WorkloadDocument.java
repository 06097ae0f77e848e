package dev.ondine.control.policy;

import dev.ondine.model.Locality;
import dev.ondine.model.ServicePort;
import java.util.List;

/**
 * A workload that does not register itself: it has no lease and stays until its document goes.
 *
 * @param address an IP address
 * @param ports empty: those of its service, at their target ports
 * @param mtls whether it takes mutual TLS of the mesh, as an Envoy with our secrets does
 * @param weight relative share of load, 1 or more
 */
public record WorkloadDocument(
    Metadata metadata,
    String service,
    String address,
    List<ServicePort> ports,
    boolean sidecar,
    boolean mtls,
    String serviceAccount,
    Locality locality,
    int weight)
    implements Document {
  public WorkloadDocument {
    ports = List.copyOf(ports);
  }
}
