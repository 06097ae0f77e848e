package dev.ondine.it.system.rotation;

import dev.ondine.it.system.identity.SecuredMesh;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.ProcFs;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/** T36: certificates that are renewed every ten seconds, and a new root, under load. */
final class UnderLoad {
  private static final String AUTHORITY = "orders.default.mesh";
  private static final int RATE = 1_000;
  private static final int LEAST_RATE = 125;
  private static final int WARM_UP = 3;

  /** Renewed at 40 to 50 % of it: every eight to ten seconds. */
  private static final String LEAF = "20s";

  private static final Duration STEP = Duration.ofSeconds(90);
  private static final int PIECES_PER_SECOND = 4;

  private final Run run;
  private final Processes processes;
  private final boolean forced;
  private int refused;

  UnderLoad(Run run, Processes processes) {
    this.run = run;
    this.processes = processes;
    this.forced = run.sabotaged(Rotation.FORCED);
  }

  void check() throws Exception {
    var seconds = run.full() ? 600 : 60;
    var mesh = SecuredMesh.start(run, processes, "rotation", "--leaf-lifetime", LEAF);
    var most = RATE * (seconds + 300);
    try (var ledger = Ledger.open(most)) {
      var callee = mesh.sidecar("orders", "--port", "80:" + ledger.port() + "/http");
      var caller = mesh.sidecar("web");
      var probes = warmUp(caller.explicit(), most);
      var rate = probes.rate();
      var before = mesh.issued();
      var ordersBefore = ledger.orders();
      var memory = ProcFs.residentMiB(caller.process().pid());
      var began = System.nanoTime();

      var drip = begin(() -> Traffic.drip(caller.explicit(), AUTHORITY, pieces(seconds)));
      var traffic = new Traffic(caller.explicit(), AUTHORITY);
      traffic.start(probes.next(), most - probes.next(), rate);
      waitUntil(began, 15);
      rotateRoot(mesh);
      var rotated = seconds(began);
      waitUntil(began, Math.max(seconds, (int) rotated + 10));
      traffic.stop();
      var lasted = seconds(began);

      var report = run.report();
      report.tell("load_offered_per_s", rate);
      report.atLeast("load_sent_per_s", traffic.sent() / lasted, 0.9 * rate);
      report.tell("load_seconds", lasted);
      report.atLeast("load_requests", traffic.sent(), 0.9 * rate * seconds);
      traffic.failures().forEach((what, times) -> run.out().println(times + " times: " + what));
      report.exactly("load_errors", traffic.failed(), 0);
      report.exactly("load_duplicates", ledger.duplicates(), 0);
      report.exactly(
          "load_orders_lost",
          traffic.sent() - traffic.failed() - (ledger.orders() - ordersBefore),
          0);
      report.tell("load_p50_ms", traffic.millis(50));
      report.tell("load_p99_ms", traffic.millis(99));
      report.exactly("client_connections_lost", traffic.reconnects(), 0);
      report.exactly("answer_across_rotations_bytes", drip.get(), pieces(seconds));
      var issued = mesh.issued() - before;
      report.tell("certificates_issued", issued);
      // Two sidecars, each ten seconds at the latest; control's own are not counted on.
      report.atLeast("certificates_issued_per_10_s", issued * 10 / lasted, 1.8);
      report.tell("root_rotation_s", rotated - 15);
      report.exactly("handshakes_failed", failed(callee) + failed(caller), 0.0);
      report.tell("caller_mib_before", Math.round(memory));
      report.tell("caller_mib_after", Math.round(ProcFs.residentMiB(caller.process().pid())));
      report.check(
          "processes_live",
          callee.process().isAlive()
              && caller.process().isAlive()
              && mesh.control().process().isAlive());
      callee.process().stop();
      caller.process().stop();
    }
    mesh.control().process().stop();
  }

  /** What the machine can do, and the first order that is not given yet. */
  private record Probed(int rate, int next) {}

  /** Cold, everything is slow; and where the rate is too much for the machine, half of it is. */
  private static Probed warmUp(int port, int most) throws InterruptedException {
    var next = 0;
    var rate = RATE;
    for (var turn = 0; ; turn++) {
      var probe = new Traffic(port, AUTHORITY);
      probe.start(next, Math.min(rate * WARM_UP, most - next), rate);
      probe.stopWhenSent();
      next += rate * WARM_UP;
      if (turn > 0 && (probe.millis(99) < 1_000 || rate <= LEAST_RATE)) {
        return new Probed(rate, next);
      }
      rate = turn > 1 ? rate / 2 : rate;
    }
  }

  private static int pieces(int seconds) {
    return (seconds - 5) * PIECES_PER_SECOND;
  }

  private static <T> FutureTask<T> begin(Callable<T> what) {
    var task = new FutureTask<>(what);
    Thread.ofVirtual().start(task);
    return task;
  }

  // ---- the root ---------------------------------------------------------------------------------

  private void rotateRoot(SecuredMesh mesh) throws IOException, InterruptedException {
    rotate(mesh, "start");
    advance(mesh);
    var early = refused;
    advance(mesh);
    if (!forced) {
      // Certificates of the old root were valid yet: the last step must have been refused first.
      run.report().atLeast("root_steps_refused_at_first", refused - early, 1);
    }
    var state = mesh.ondine("ca", "rotate-root", "status");
    run.report().check("root_is_stable", state.contains("phase stable"));
    run.report()
        .exactly("roots_trusted", state.lines().filter(l -> l.startsWith("trusted")).count(), 1L);
  }

  private void advance(SecuredMesh mesh) throws IOException, InterruptedException {
    var began = System.nanoTime();
    while (true) {
      try {
        rotate(mesh, "advance");
        return;
      } catch (IOException e) {
        var why = String.valueOf(e.getMessage());
        if (!why.contains("not yet, ") || seconds(began) > STEP.toSeconds()) {
          throw e;
        }
        refused++;
        LockSupport.parkNanos(500_000_000L);
      }
    }
  }

  private void rotate(SecuredMesh mesh, String step) throws IOException, InterruptedException {
    if (forced && step.equals("advance")) {
      mesh.ondine("ca", "rotate-root", step, "--force");
    } else {
      mesh.ondine("ca", "rotate-root", step);
    }
    run.out().println("rotate-root " + step);
  }

  // ---- figures ----------------------------------------------------------------------------------

  private static double failed(SidecarProcess sidecar) throws IOException, InterruptedException {
    return SecuredMesh.page(sidecar, "/metrics")
        .lines()
        .filter(line -> line.startsWith("ondine_mtls_handshakes_total{"))
        .filter(line -> !line.contains("\"completed\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static void waitUntil(long began, int second) {
    while (seconds(began) < second) {
      LockSupport.parkNanos(100_000_000L);
    }
  }
}
