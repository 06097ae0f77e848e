package dev.ondine.cli.demo;

import dev.ondine.cli.demo.world.ControlProcess;
import dev.ondine.cli.demo.world.Workload;

/** Services that no program of the demo registers itself: users write them as documents. */
final class Documents {
  private Documents() {}

  /** A service with an HTTP port, whose program listens where the backend's does. */
  static String service(String name, Workload backend) {
    return """
    ---
    apiVersion: mesh.ondine.dev/v1
    kind: Service
    metadata: {name: %s}
    spec:
      ports: [{port: 80, targetPort: %d, protocol: http}]
    """
        .formatted(name, backend.port());
  }

  /** Its only workload, at the address of one that is there. */
  static String workload(String service, Workload backend) {
    return """
    ---
    apiVersion: mesh.ondine.dev/v1
    kind: Workload
    metadata: {name: %s-0}
    spec: {service: %s, address: %s}
    """
        .formatted(service, service, backend.address());
  }

  /** Applies documents, all or none. */
  static void apply(ControlProcess control, String documents) {
    control.api().put("/v1/documents?source=demo", "application/yaml", documents);
  }
}
