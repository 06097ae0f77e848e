package dev.ondine.it.system.wrap;

import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.process.Programs;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Processes that share a host are each wrapped by their cgroup: whatever calls or is called, it is
 * captured or refused, and never bypasses the sidecar.
 */
public final class Wrap implements Scenario {
  /** Each leaves out a part of shop's rules. */
  private static final Map<String, String> CHAINS =
      Map.of(
          "callers-untouched", "output_of_others",
          "remote-untouched", "prerouting",
          "calls-untouched", "output",
          "udp-uncounted", "udp_received");

  private static final String FAILS_OPEN = "fails-open";
  private static final String UNGUARDED = "unguarded";
  private static final int LEAST = 110;
  private static final Duration START = Duration.ofSeconds(20);

  @Override
  public String name() {
    return "wrap";
  }

  @Override
  public String summary() {
    return "processes on a shared host, wrapped by cgroup: captured or refused, never bypassed";
  }

  @Override
  public List<String> sabotages() {
    return Stream.concat(Stream.of(UNGUARDED, FAILS_OPEN), CHAINS.keySet().stream().sorted())
        .toList();
  }

  @Override
  public Optional<String> obstacle() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("only root may make cgroups and namespaces");
    }
    try {
      for (var program : List.of("nft", "ip", "nsenter", "unshare", "setpriv", "python3", "curl")) {
        var _ = Programs.find(program, "its package (tools/apt-packages)");
      }
      var mount = Cgroups.mount();
      return Files.isWritable(mount.resolve("cgroup.procs"))
          ? Optional.empty()
          : Optional.of(mount + " is not writable");
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void run(Run run) throws Exception {
    try (var processes = new Processes(run.work());
        var host = SharedHost.create(processes)) {
      App.install(host.folder());
      startControl(host, run.home());
      var outside = new App("outside", 8090, host.folder());
      var _ = host.startFar("outside", outside.command());
      var world =
          new World(
              host,
              Wrapped.start(host, run.home(), "shop", 8081),
              Wrapped.start(host, run.home(), "stock", 8082, "--exclude-cidr", SharedHost.FAR_IPV6),
              outside);
      sabotage(run, world);
      var near = new App("near", 8091, host.folder());
      var _ = host.start("near", Map.of(), near.command());
      var alone = Wrapped.startAlone(host, run.home(), "alone", 8083);
      var table = table(run, world, alone, near);
      run.report().atLeast("cases", table.cases(), LEAST);
      run.report().atMost("bypassed", table.bypassed(), 0);
      run.report().atMost("failed", table.failed(), 0);
    }
  }

  /** Its watcher stands still, or it would mend what is taken away. */
  private static void sabotage(Run run, World world) throws IOException, InterruptedException {
    var shop = world.shop();
    var chain = run.sabotage().map(CHAINS::get);
    if (chain.isPresent() || run.sabotaged(UNGUARDED)) {
      world.host().inside("kill", "-s", "STOP", Long.toString(shop.pid("watcher")));
    }
    if (chain.isPresent()) {
      world.host().inside("nft", "flush", "chain", "inet", shop.table(), chain.get());
    }
    if (run.sabotaged(UNGUARDED)) {
      world.host().inside("nft", "delete", "table", "inet", shop.guard());
    }
  }

  private static Table table(Run run, World world, Wrapped alone, App near)
      throws IOException, InterruptedException {
    var table =
        new Table(
            run.out(),
            List.of(world.shop(), world.stock(), alone),
            List.of(world.shop().app(), world.stock().app(), world.outside(), alone.app(), near));
    for (var row : new TrafficCases(world).all()) {
      table.run(row);
    }
    new GuardCases(world, table).run();
    for (var place : places(world, alone, near)) {
      new WindowCases(place, table).run();
    }
    new LoneCases(world.host(), run.home(), table).run();
    new FailureCases(world, table, run.sabotaged(FAILS_OPEN)).run();
    new EndingCases(world).run(table, alone);
    return table;
  }

  /** One on the shared host, and one that has a network to itself beside it. */
  private static List<WindowCases.Place> places(World world, Wrapped alone, App near) {
    var host = world.host();
    return List.of(
        new WindowCases.Place(
            world.shop(),
            SharedHost.IPV4,
            world.outside(),
            SharedHost.FAR_IPV4,
            host::inside,
            host::outside),
        new WindowCases.Place(
            alone,
            SharedHost.ALONE_IPV4,
            near,
            SharedHost.NEAR_IPV4,
            host::insideAlone,
            host::inside));
  }

  private static void startControl(SharedHost host, Path home) throws IOException {
    var control =
        host.start(
            "control",
            Map.of(),
            List.of(
                home.resolve("bin/ondine").toString(),
                "control",
                "--xds=" + SharedHost.IPV4 + ":15010",
                "--admin=" + SharedHost.IPV4 + ":15014",
                "--store=" + host.folder().resolve("store.db")));
    control.awaitReady(
        "be ready", START, () -> Files.readString(control.log()).contains("control is ready"));
  }
}
