package dev.ondine.it.system.wrap;

import static dev.ondine.it.system.wrap.Sighting.in;
import static dev.ondine.it.system.wrap.Sighting.out;

import dev.ondine.it.system.wrap.Case.Answered;
import dev.ondine.it.system.wrap.Case.Captured;
import dev.ondine.it.system.wrap.Case.Refused;
import dev.ondine.testkit.process.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** What dies, is started again or is made anew: in this order, each step with its rows. */
final class FailureCases {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final World world;
  private final Wrapped shop;
  private final Table table;
  private final boolean failsOpen;

  /**
   * For one run.
   *
   * @param failsOpen take the rules away while the sidecar is dead
   */
  FailureCases(World world, Table table, boolean failsOpen) {
    this.world = world;
    this.shop = world.shop();
    this.table = table;
    this.failsOpen = failsOpen;
  }

  void run() throws IOException, InterruptedException {
    sidecarDies();
    appIsStartedAgain();
    cgroupOfTheAppIsMadeAnew();
    wholeCgroupIsMadeAnew();
    rivals();
    supervisorIsKilled();
  }

  private void sidecarDies() throws IOException, InterruptedException {
    // A keeper that stands still starts none.
    signal("STOP", shop.pid("keeper"));
    var sidecar = shop.pid("sidecar");
    signal("KILL", sidecar);
    Awaitility.await().atMost(LIMIT).until(() -> !ProcFs.isRunning(sidecar));
    if (failsOpen) {
      signal("STOP", shop.pid("watcher"));
      world.host().inside("nft", "delete", "table", "inet", shop.table());
      world.host().inside("nft", "delete", "table", "inet", shop.guard());
    }
    refused("dead-sidecar-out", "shop, its sidecar dead -> server outside", this::callOut);
    refused("dead-sidecar-caller", "process that is not wrapped -> shop", this::callIn);
    refused("dead-sidecar-remote", "process on another host -> shop", this::callInFromAfar);
    refused("dead-sidecar-loopback", "shop, its sidecar dead -> itself", this::callItself);
    signal("CONT", shop.pid("watcher"));
    signal("CONT", shop.pid("keeper"));
    shop.awaitSidecar();
    bothWays("new-sidecar");
  }

  private void appIsStartedAgain() throws IOException, InterruptedException {
    shop.app().tell("exit");
    shop.awaitApp();
    bothWays("new-app");
  }

  private void cgroupOfTheAppIsMadeAnew() throws IOException, InterruptedException {
    var app = shop.cgroup().resolve("app");
    var processes = Cgroups.processes(app);
    Cgroups.move(processes, world.host().cgroup());
    Files.delete(app);
    Files.createDirectory(app);
    Cgroups.move(processes, app);
    bothWays("new-app-cgroup");
  }

  /** No rule knows the new one, until the supervisor's watcher has loaded them again. */
  private void wholeCgroupIsMadeAnew() throws IOException, InterruptedException {
    Cgroups.move(Cgroups.allProcesses(shop.cgroup()), world.host().cgroup());
    for (var folder : Cgroups.folders(shop.cgroup())) {
      Files.delete(folder);
    }
    shop.supervisor()
        .awaitReady(
            "load its rules again",
            LIMIT,
            () ->
                Files.readString(shop.supervisor().log()).contains("was made anew")
                    && Cgroups.processes(shop.cgroup().resolve("app"))
                        .contains(shop.pid("workload")));
    // The watcher moves the workload's first process; what it had started, who moved it out.
    Cgroups.move(Cgroups.processes(world.host().cgroup()), shop.cgroup().resolve("app"));
    bothWays("new-cgroup");
  }

  private void rivals() throws IOException, InterruptedException {
    var port = shop.app().port();
    answered(
        "same-port",
        "a second workload with shop's port",
        "refused: port " + port + " is already that of shop-0.default on this host",
        _ -> shop.rival("cgroup", port));
    answered(
        "whole-namespace",
        "a supervisor that takes the whole host",
        "refused: this network namespace is already intercepted for",
        _ -> shop.rival("netns", port + 2));
    var cgroup = Files.createDirectory(world.host().cgroup().resolve("ondine.default.rival-0"));
    var other = world.host().start("other", Map.of(), List.of("sleep", "infinity"));
    Cgroups.move(List.of(other.pid()), cgroup);
    answered(
        "used-cgroup",
        "a workload whose cgroup is there, with a process in it",
        "refused: the cgroup " + cgroup + " is in use by others (pids: " + other.pid() + " )",
        _ -> shop.rival("cgroup", port + 2));
    answered(
        "used-cgroup-lives",
        "the process in it",
        "alive",
        _ -> other.isAlive() ? "alive" : "ended");
  }

  private void supervisorIsKilled() throws IOException, InterruptedException {
    signal("KILL", shop.pid("supervisor"));
    Awaitility.await().atMost(LIMIT).until(() -> !shop.supervisor().isAlive());
    bothWays("dead-supervisor");
    shop.startAgain();
    bothWays("next-start");
  }

  private void bothWays(String name) throws IOException, InterruptedException {
    captured(name + "-out", "shop -> server outside", world.outside(), out(shop), this::callOut);
    captured(
        name + "-in", "process that is not wrapped -> shop", shop.app(), in(shop), this::callIn);
  }

  private String callOut(String path) throws IOException {
    return shop.app().tell("fetch " + world.outsideUrl(SharedHost.FAR_IPV4, path));
  }

  private String callIn(String path) throws IOException, InterruptedException {
    return world.neighbour(shop.url(SharedHost.IPV4, path));
  }

  private String callInFromAfar(String path) throws IOException, InterruptedException {
    return world.stranger(shop.url(SharedHost.IPV4, path));
  }

  private String callItself(String path) throws IOException {
    return shop.app().tell("fetch " + shop.url("127.0.0.1", path));
  }

  private void captured(String name, String how, App server, Sighting by, Case.Action action)
      throws IOException, InterruptedException {
    table.run(new Case(name, how, Captured.by(server, by), action));
  }

  private void refused(String name, String how, Case.Action action)
      throws IOException, InterruptedException {
    table.run(new Case(name, how, new Refused(), action));
  }

  private void answered(String name, String how, String start, Case.Action action)
      throws IOException, InterruptedException {
    table.run(new Case(name, how, new Answered(start), action));
  }

  private void signal(String name, long pid) throws IOException, InterruptedException {
    world.host().inside("kill", "-s", name, Long.toString(pid));
  }
}
