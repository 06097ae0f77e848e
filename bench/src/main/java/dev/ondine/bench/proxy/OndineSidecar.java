package dev.ondine.bench.proxy;

import dev.ondine.testkit.mesh.ControlProcess;
import dev.ondine.testkit.mesh.SidecarProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Our sidecar as the distribution starts it, in explicit mode; it discovers the backend on demand
 * from our control plane with the first request.
 */
final class OndineSidecar {
  private OndineSidecar() {}

  /**
   * Starts it, with its control plane on the other core.
   *
   * @param home the distribution
   */
  static Contender start(Workplace workplace, Path home, Backend backend)
      throws IOException, InterruptedException {
    var control =
        ControlProcess.start(
            workplace.processes(),
            Workplace.onOtherCore(),
            home,
            workplace.work().resolve("control.db"));
    // A document, not a registration: nothing has to renew it while the load runs.
    control.apply(
        """
        apiVersion: mesh.ondine.dev/v1
        kind: Workload
        metadata: {name: backend-0, namespace: default}
        spec:
          service: backend
          address: 127.0.0.1
          sidecar: false
          ports:
          - {port: 80, targetPort: %d, protocol: http}
        """
            .formatted(backend.port()));
    var sidecar =
        SidecarProcess.start(
            workplace.processes(),
            Workplace.onProxyCore(),
            home,
            "caller",
            control.xds(),
            List.of());
    return new Contender("ondine", sidecar.process(), sidecar.explicit());
  }
}
