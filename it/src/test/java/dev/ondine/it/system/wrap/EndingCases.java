package dev.ondine.it.system.wrap;

import dev.ondine.it.system.wrap.Case.Answered;
import dev.ondine.testkit.process.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import org.awaitility.Awaitility;

/** What is left when workloads stop. */
final class EndingCases {
  /** Drain and grace take ten seconds each at most. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final World world;

  EndingCases(World world) {
    this.world = world;
  }

  /**
   * Stops all.
   *
   * @param alone one that has a network to itself
   */
  void run(Table table, Wrapped alone) throws IOException, InterruptedException {
    var shop = world.shop();
    table.run(
        new Case(
            "alone-stops",
            "alone stops, its network stays",
            new Answered("left: nothing."),
            _ -> {
              stop(alone);
              var tables = world.host().insideAlone("nft", "list", "tables");
              var left = (Files.exists(alone.runFolder()) ? "run folder " : "") + tables;
              return "left: " + (left.isEmpty() ? "nothing" : left) + ".";
            }));
    table.run(
        new Case(
            "one-stops",
            "stock stops; shop goes on and needs the route",
            new Answered("left: shop's table, shop's cgroup, shop's run folder, route."),
            _ -> {
              stop(world.stock());
              return left();
            }));
    table.run(
        new Case(
            "last-stops",
            "shop stops; a daemon of it ignores SIGTERM",
            new Answered("left: nothing."),
            _ -> {
              var daemon = Long.parseLong(shop.app().tell("linger"));
              stop(shop);
              return left() + (ProcFs.isRunning(daemon) ? " And the daemon." : "");
            }));
  }

  private void stop(Wrapped workload) throws IOException, InterruptedException {
    world.host().inside("kill", "-s", "TERM", Long.toString(workload.pid("supervisor")));
    Awaitility.await().atMost(LIMIT).until(() -> !workload.supervisor().isAlive());
  }

  /** Every trace of the workloads on the host. */
  private String left() throws IOException, InterruptedException {
    var all = new ArrayList<String>();
    var tables = world.host().inside("nft", "list", "tables");
    for (var workload : world.workloads()) {
      if (tables.contains(workload.table()) || tables.contains(workload.guard())) {
        all.add(workload.name() + "'s table");
      }
      if (Files.exists(workload.cgroup())) {
        all.add(workload.name() + "'s cgroup");
      }
      if (Files.exists(workload.runFolder())) {
        all.add(workload.name() + "'s run folder");
      }
    }
    if (!world.host().inside("ip", "route", "show", "240.240.0.0/16").isEmpty()) {
      all.add("route");
    }
    return "left: " + (all.isEmpty() ? "nothing" : String.join(", ", all)) + ".";
  }
}
