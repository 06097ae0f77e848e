package dev.ondine.it.system.hostile;

import dev.ondine.testkit.http1.RecordingOrigin;
import dev.ondine.testkit.mesh.ControlProcess;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.scenario.Scenario;
import java.util.List;

/**
 * What clients and workloads should not send, through real sidecars: a table by acceptance test.
 */
public final class HostileInput implements Scenario {
  /** Clients speak to the workload itself, as if a sidecar let everything pass. */
  private static final String NO_SIDECAR = "no-sidecar";

  private static final int ENOUGH = 3;
  private static final String PORT = "80";

  @Override
  public String name() {
    return "hostile";
  }

  @Override
  public String summary() {
    return "hostile input by HTTP/1 and HTTP/2: what is refused, and what reaches the workload";
  }

  @Override
  public List<String> sabotages() {
    return List.of(NO_SIDECAR);
  }

  @Override
  public void run(Run run) throws Exception {
    var tests = new Tests();
    try (var origin = RecordingOrigin.start();
        var processes = new Processes(run.work())) {
      if (run.sabotaged(NO_SIDECAR)) {
        var mesh = new Mesh(origin.port(), origin.port(), origin);
        tests.add(
            Cases.run(mesh, seen -> seen.stream().filter(one -> !one.passed()).count() >= ENOUGH));
      } else {
        var control =
            ControlProcess.start(
                processes, List.of(), run.home(), run.work().resolve("control.db"));
        var caller =
            SidecarProcess.start(
                processes, List.of(), run.home(), "caller", control.xds(), List.of());
        var mesh = mesh(run, processes, control, caller, origin);
        tests.add(Cases.run(mesh, _ -> false));
        new Floods(mesh, caller, run.report(), tests).run();
      }
    } finally {
      tests.print(run.out());
    }
    tests.report(run.report());
    run.report().atLeast("runs", tests.count(), 1);
  }

  private static Mesh mesh(
      Run run,
      Processes processes,
      ControlProcess control,
      SidecarProcess caller,
      RecordingOrigin origin)
      throws Exception {
    // A document, not a registration: nothing has to renew it.
    control.apply(
        """
        apiVersion: mesh.ondine.dev/v1
        kind: Workload
        metadata: {name: hostile-0, namespace: default}
        spec:
          service: %s
          address: 127.0.0.1
          sidecar: false
          ports:
          - {port: 80, targetPort: %d, protocol: http}
        """
            .formatted(Mesh.SERVICE, origin.port()));
    var callee =
        SidecarProcess.start(
            processes,
            List.of(),
            run.home(),
            "callee",
            control.xds(),
            List.of("--port", PORT + ":" + origin.port() + "/http"));
    return new Mesh(caller.explicit(), callee.inbound(), origin);
  }
}
