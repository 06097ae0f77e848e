package dev.ondine.it.system.overload;

import dev.ondine.testkit.process.ProcFs;
import dev.ondine.testkit.scenario.Run;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * T37: 5,000 clients that are slow on purpose harm nobody, and are gone when their time is over.
 */
final class SlowClients {
  /** Head time-out and graces, of the sidecar here and by default; taking is hurried for time. */
  private static final int LIMIT_SECONDS = 10;

  /** A sweep of the sidecar, and the three seconds after which the crowd looks. */
  private static final int SLACK_SECONDS = 6;

  private static final int HEADS = 4_400;
  private static final int POSTS = 500;
  private static final int READS = 100;
  private static final Duration MEASURED = Duration.ofSeconds(5);
  private static final Duration SABOTAGED = Duration.ofSeconds(1);
  private static final double RATIO = 2;

  private final Run run;
  private final Shop shop;
  private final boolean patient;

  SlowClients(Run run, Shop shop, boolean patient) {
    this.run = run;
    this.shop = shop;
    this.patient = patient;
  }

  void check() throws IOException, InterruptedException {
    var sidecar =
        shop.caller(
            "slow",
            List.of(),
            "http.headTimeout=" + (patient ? "1h" : LIMIT_SECONDS + "s"),
            "http.takeGrace=" + LIMIT_SECONDS + "s");
    var customers = shop.customers(sidecar, 20, 200);
    customers.send(MEASURED); // warm
    var ratios = new ArrayList<Double>();
    var pid = sidecar.process().pid();
    var failed = 0;
    var rounds = patient ? 1 : run.full() ? 7 : 3;
    for (var round = 0; round < rounds; round++) {
      var before = customers.send(patient ? SABOTAGED : MEASURED);
      try (var crowd = Crowd.start(sidecar.explicit(), behaviours())) {
        await(() -> crowd.sent() >= HEADS + POSTS + READS, Duration.ofSeconds(8));
        var cpu = ProcFs.cpuSeconds(pid);
        var during = customers.send(patient ? SABOTAGED : MEASURED);
        cpu = ProcFs.cpuSeconds(pid) - cpu;
        ratios.add(during.p99Millis() / before.p99Millis());
        failed += during.requests() - during.ok();
        run.out()
            .printf(
                "slow clients: %d attached; p99 %.1f ms, before %.1f ms; %.1f s of CPU%n",
                crowd.sent(), during.p99Millis(), before.p99Millis(), cpu);
        if (round == rounds - 1) {
          await(() -> gone(crowd), Duration.ofSeconds(LIMIT_SECONDS + 2 * SLACK_SECONDS));
          run.report().atLeast("slow_clients_attached", crowd.sent(), HEADS + POSTS + READS);
          lives(crowd, "slow_head", HEADS);
          lives(crowd, "slow_post", POSTS);
          lives(crowd, "slow_read", READS);
        }
      }
    }
    run.report().atMost("legitimate_p99_ratio", Customers.median(ratios), RATIO);
    run.report().exactly("legitimate_failed", failed, 0);
    sidecar.process().stop();
  }

  private boolean gone(Crowd crowd) {
    return crowd.lives("slow_head").closed() >= HEADS
        && crowd.lives("slow_post").closed() >= POSTS
        && crowd.lives("slow_read").closed() >= READS;
  }

  private void lives(Crowd crowd, String behaviour, int all) {
    var lives = crowd.lives(behaviour);
    run.report().exactly(behaviour + "_closed", lives.closed(), all);
    run.report().atLeast(behaviour + "_shortest_s", lives.shortest(), LIMIT_SECONDS - 1);
    run.report().atMost(behaviour + "_longest_s", lives.longest(), LIMIT_SECONDS + SLACK_SECONDS);
  }

  private static List<Behaviour> behaviours() {
    var all = new ArrayList<Behaviour>();
    all.addAll(Collections.nCopies(READS, Behaviour.slowRead(Shop.AUTHORITY)));
    all.addAll(Collections.nCopies(POSTS, Behaviour.slowPost(Shop.AUTHORITY, 0)));
    all.addAll(Collections.nCopies(HEADS, Behaviour.slowHead(Shop.AUTHORITY)));
    return all;
  }

  /** Waits for a condition, or until the limit. */
  static void await(BooleanSupplier condition, Duration limit) throws InterruptedException {
    var end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean() && end - System.nanoTime() > 0) {
      LockSupport.parkNanos(50_000_000);
    }
  }
}
