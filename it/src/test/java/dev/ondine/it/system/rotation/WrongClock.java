package dev.ondine.it.system.rotation;

import dev.ondine.it.system.identity.SecuredMesh;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * One sidecar's clock is wrong: by five minutes nobody notices, by more than a certificate's life
 * it fails closed, says that it may be the clock, and comes back by itself.
 */
final class WrongClock {
  private static final String AUTHORITY = "orders.default.mesh";
  private static final String CLOCK = "is the clock right";
  private static final int RATE = 100;
  private static final int SECONDS = 5;
  private static final int ORDERS = 10_000;
  private static final Duration NOTICED = Duration.ofSeconds(40);
  private static final int MOST_RECOVERY = 60;

  /** The clock is looked at every ten seconds. */
  private static final long WRONG_NANOS = 20_000_000_000L;

  private final Run run;
  private final Processes processes;
  private int next;

  WrongClock(Run run, Processes processes) {
    this.run = run;
    this.processes = processes;
  }

  void check() throws Exception {
    var mesh = SecuredMesh.start(run, processes, "clock");
    try (var ledger = Ledger.open(ORDERS)) {
      var _ = mesh.sidecar("orders", "--port", "80:" + ledger.port() + "/http");
      for (var offset : new String[] {"+5m", "-5m"}) {
        var name = offset.startsWith("+") ? "fast" : "slow";
        var clock = FakeClock.wrongBy(mesh.folder().resolve(name), offset);
        var sidecar = mesh.sidecar(name, clock.command());
        run.report().exactly("clock_" + name + "_5_min_errors", errors(sidecar), 0);
        if (offset.startsWith("-")) {
          aDay(mesh, sidecar, clock);
        }
        sidecar.process().stop();
      }
      run.report().exactly("clock_duplicates", ledger.duplicates(), 0);
    }
  }

  private int errors(SidecarProcess sidecar) throws InterruptedException {
    var traffic = new Traffic(sidecar.explicit(), AUTHORITY);
    traffic.start(next, RATE * SECONDS, RATE);
    traffic.stopWhenSent();
    next += RATE * SECONDS;
    traffic.failures().forEach((what, times) -> run.out().println(times + " times: " + what));
    return traffic.failed();
  }

  /** More than the certificate's life, while requests go on. */
  private void aDay(SecuredMesh mesh, SidecarProcess sidecar, FakeClock clock) throws Exception {
    var issued = mesh.issued();
    clock.set("+26h");
    sidecar
        .process()
        .awaitReady(
            "notice the clock", NOTICED, () -> SecuredMesh.page(sidecar, "/ready").contains(CLOCK));
    var answer = Traffic.once(sidecar.explicit(), AUTHORITY, next++);
    run.out().println("+26 h: " + answer);
    var state = SecuredMesh.page(sidecar, "/ready");
    run.out().println("+26 h: " + state);
    run.report().check("clock_26_h_fails_closed", answer.startsWith("503 "));
    run.report().check("clock_26_h_reason_names_clock", state.contains(CLOCK));
    LockSupport.parkNanos(WRONG_NANOS);
    run.report().check("clock_26_h_stays_closed", !once(sidecar));
    // What it is given is of no use to it: it must not ask on and on.
    run.report().atMost("clock_26_h_certificates_issued", mesh.issued() - issued, 20);

    if (!run.sabotaged(Rotation.CLOCK_STAYS_WRONG)) {
      clock.set("+0");
    }
    var began = System.nanoTime();
    while (!once(sidecar) && seconds(began) < MOST_RECOVERY + 10) {
      LockSupport.parkNanos(200_000_000L);
    }
    run.report().atMost("clock_recovered_s", seconds(began), MOST_RECOVERY);
    run.report().exactly("clock_recovered_errors", errors(sidecar), 0);
  }

  private boolean once(SidecarProcess sidecar) {
    return Traffic.once(sidecar.explicit(), AUTHORITY, next++).equals("200");
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
