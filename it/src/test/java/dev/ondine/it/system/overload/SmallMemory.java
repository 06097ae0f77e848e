package dev.ondine.it.system.overload;

import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.ProcFs;
import dev.ondine.testkit.scenario.Run;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** T38, second half: floods of a sidecar in a control group of 256 MiB. */
final class SmallMemory {
  private static final int MIB = 256;
  private static final double MOST = 0.95 * MIB;
  private static final Duration FLOOD = Duration.ofSeconds(12);
  private static final int BIG = 28_000;

  private final Run run;
  private final Shop shop;
  private final boolean neverFull;
  private double residentMiB;
  private int admin;
  private int adminAnswered;
  private int ok;
  private int refused;
  private int unanswered;
  private double level;
  private double shed503;
  private double shedInAll;

  SmallMemory(Run run, Shop shop, boolean neverFull) {
    this.run = run;
    this.shop = shop;
    this.neverFull = neverFull;
  }

  void check() throws IOException, InterruptedException {
    var made = MemoryGroup.make((long) MIB << 20);
    if (made.isEmpty()) {
      run.report().check("memory_group_made", false); // it needs root, and the controller of memory
      return;
    }
    try (var group = made.get()) {
      run.report().tell("memory_group", group.version());
      var settings =
          neverFull
              ? new String[] {"overload.drainPercent=100", "overload.shedPercent=100"}
              : new String[0];
      var sidecar = shop.caller("small", group.command(), settings);
      try {
        flood(sidecar, group);
      } finally {
        sidecar.process().stop();
      }
    }
  }

  private void flood(SidecarProcess sidecar, MemoryGroup group)
      throws IOException, InterruptedException {
    var customers = shop.customers(sidecar, 4, 40);
    customers.send(Duration.ofSeconds(2));
    run.report().tell("memory_before_mib", ProcFs.residentMiB(sidecar.process().pid()));
    try (var crowd = Crowd.start(sidecar.explicit(), behaviours())) {
      var end = System.nanoTime() + FLOOD.toNanos();
      var watch = Thread.ofVirtual().start(() -> watch(sidecar, end));
      while (end - System.nanoTime() > 0 && sidecar.process().isAlive()) {
        count(customers.once());
        LockSupport.parkNanos(100_000_000);
      }
      watch.join();
      run.report().tell("memory_flood_attached", crowd.sent());
    }
    var began = System.nanoTime();
    var inARow = 0;
    while (inARow < 20 && sidecar.process().isAlive() && seconds(began) < 20) {
      inARow = customers.once() == 200 ? inARow + 1 : 0;
      residentMiB = Math.max(residentMiB, ProcFs.residentMiB(sidecar.process().pid()));
    }
    run.report().atMost("memory_normal_after_s", inARow < 20 ? 99 : seconds(began), 10);
    run.report().check("memory_process_lives", sidecar.process().isAlive());
    run.report().exactly("memory_oom_kills", group.kills(), 0);
    run.report().atMost("memory_most_resident_mib", residentMiB, MOST);
    run.report().exactly("memory_admin_unanswered", admin - adminAnswered, 0);
    run.report().tell("memory_most_level_seen", level);
    run.report().atLeast("memory_shed", shedInAll, 1);
    run.report().tell("memory_shed_with_503", shed503);
    run.report().tell("memory_admin_asked", admin);
    run.report().tell("memory_new_clients_ok", ok);
    run.report().tell("memory_new_clients_503", refused);
    run.report().tell("memory_new_clients_unanswered", unanswered);
  }

  /** Beside the customers: an answer to one of them may be seconds away. */
  private void watch(SidecarProcess sidecar, long end) {
    while (end - System.nanoTime() > 0 && sidecar.process().isAlive()) {
      try {
        residentMiB = Math.max(residentMiB, ProcFs.residentMiB(sidecar.process().pid()));
      } catch (IOException _) {
        return; // it has ended, which is checked
      }
      admin++;
      var metrics = Admin.of(sidecar).metrics();
      if (metrics.isPresent()) {
        adminAnswered++;
        level = Math.max(level, Admin.sum(metrics.get(), "ondine_overload_level", ""));
        shedInAll = Admin.sum(metrics.get(), "ondine_overload_shed_total", "");
        shed503 = Admin.sum(metrics.get(), "ondine_overload_shed_total", "request");
      }
      LockSupport.parkNanos(100_000_000);
    }
  }

  private void count(int status) {
    switch (status) {
      case 200 -> ok++;
      case 503 -> refused++;
      default -> unanswered++;
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static List<Behaviour> behaviours() {
    var all = new ArrayList<Behaviour>();
    all.addAll(Collections.nCopies(4_000, Behaviour.bigHead(Shop.AUTHORITY, BIG)));
    all.addAll(Collections.nCopies(2_500, Behaviour.slowPost(Shop.AUTHORITY, 60_000)));
    all.addAll(Collections.nCopies(1_500, Behaviour.slowRead(Shop.AUTHORITY)));
    all.addAll(Collections.nCopies(2_000, Behaviour.zeroWindow(Shop.AUTHORITY, 20)));
    Collections.shuffle(all, new Random(1));
    return all;
  }
}
