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
  private double residentMiB;
  private int admin;
  private int adminAnswered;
  private int ok;
  private int shed;
  private int unanswered;

  SmallMemory(Run run, Shop shop) {
    this.run = run;
    this.shop = shop;
  }

  void check() throws IOException, InterruptedException {
    var made = MemoryGroup.make((long) MIB << 20);
    if (made.isEmpty()) {
      run.report().tell("memory_group", "none: this machine lets us make no control group");
      return;
    }
    try (var group = made.get()) {
      run.report().tell("memory_group", group.version());
      var sidecar = shop.caller("small", group.command());
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
      while (end - System.nanoTime() > 0 && sidecar.process().isAlive()) {
        look(sidecar, customers);
      }
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
    run.report().tell("memory_new_clients_ok", ok);
    run.report().tell("memory_new_clients_503", shed);
    run.report().tell("memory_new_clients_unanswered", unanswered);
  }

  private void look(SidecarProcess sidecar, Customers customers)
      throws IOException, InterruptedException {
    residentMiB = Math.max(residentMiB, ProcFs.residentMiB(sidecar.process().pid()));
    admin++;
    adminAnswered += SlowClients.adminAnswers(sidecar) ? 1 : 0;
    switch (customers.once()) {
      case 200 -> ok++;
      case 503 -> shed++;
      default -> unanswered++;
    }
    LockSupport.parkNanos(100_000_000);
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
