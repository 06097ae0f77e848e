package dev.ondine.cli.demo;

import static dev.ondine.cli.demo.Stage.format;

import dev.ondine.cli.demo.check.Percentiles;
import dev.ondine.cli.demo.check.ProcessProof;
import dev.ondine.cli.demo.world.DemoException;
import dev.ondine.cli.demo.world.ShopService;
import dev.ondine.cli.demo.world.Workload;
import dev.ondine.cli.demo.world.Workload.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** From nothing to a mesh in which nobody knows anything yet. */
final class StartSteps {
  private static final int LONE_STARTS = 3;
  private static final Duration UNTIL_IDLE = Duration.ofMillis(1_500);

  /** What would tell a process of the mesh: its name, its run directory, its addresses. */
  private static final List<String> MESH_WORDS =
      List.of("ondine", "sidecar", "10.77.0.1:150", "127.0.0.1:150");

  private final Stage stage;

  StartSteps(Stage stage) {
    this.stage = stage;
  }

  List<Step> steps() {
    return List.of(
        new Step("control", true, this::control),
        new Step("one sidecar alone", this::loneSidecar),
        new Step("services", true, this::services),
        new Step("services know nothing", this::proof));
  }

  String control() throws DemoException, IOException, InterruptedException {
    stage.shop.open();
    var ready = stage.shop.control().start();
    stage.findings.tell("control_ready_ms", ready.toMillis());
    return "ready after " + ready.toMillis() + " ms, its store is a file";
  }

  private String loneSidecar() throws DemoException, IOException, InterruptedException {
    var ready = new ArrayList<Double>();
    var megabytes = 0.0;
    for (var i = 1; i <= LONE_STARTS; i++) {
      var sidecar = stage.shop.startLoneSidecar("alone-" + i);
      ready.add(sidecar.ready().toNanos() / 1e6);
      if (i == LONE_STARTS) {
        stage.patience.pause(UNTIL_IDLE);
        megabytes = sidecar.megabytes();
      }
      sidecar.stop();
    }
    var median = Percentiles.of(ready).median();
    stage.findings.within("sidecar_ready_ms", median, 1_000);
    stage.findings.atMost("lone_sidecar_rss_mb", megabytes, 100);
    return format("ready %.0f ms after its spawn, %.0f MB resident when idle", median, megabytes);
  }

  /** One by one, so that each sidecar can be seen to start without a single name. */
  String services() throws DemoException, IOException, InterruptedException {
    var known = new ArrayList<Discovered>();
    for (var service : ShopService.ALL) {
      known.addAll(stage.discovered(stage.startReady(service.name(), 0)));
    }
    known.addAll(stage.discovered(stage.startCustomer().workload()));
    stage.findings.exactly("sidecars_started_empty", known.isEmpty(), true);
    var megabytes = new ArrayList<Double>();
    for (var workload : stage.shop.workloads()) {
      megabytes.add(workload.sidecarMegabytes());
    }
    var median = Percentiles.of(megabytes).median();
    stage.findings.atMost("sidecar_rss_mb", median, 100);
    return format(
        "%d and a customer%s; sidecars started %s, median %.0f MB",
        ShopService.ALL.size(),
        stage.shop.place().isIntercepted() ? ", each in its own network" : "",
        known.isEmpty() ? "empty" : "with " + known,
        median);
  }

  /** The sidecar itself must be found out by the same eyes, or they see nothing. */
  private String proof() throws DemoException, IOException {
    if (!stage.shop.place().isIntercepted()) {
      return "not here: without interception programs have to be told of a proxy";
    }
    var proof = new ProcessProof(Path.of("/proc"), MESH_WORDS);
    var findings = new ArrayList<String>();
    var processes = 0;
    for (var workload : stage.shop.workloads()) {
      if (workload.serves()) {
        var members = proof.session(workload.livePid(Part.WORKLOAD));
        var meshInodes = meshInodes(proof, workload);
        for (var pid : members) {
          findings.addAll(proof.findings(pid, meshInodes));
        }
        processes += members.size();
        if (members.isEmpty()
            || proof.findings(workload.livePid(Part.SIDECAR), Set.of()).isEmpty()) {
          throw new DemoException("/proc does not show " + workload.name() + " or its sidecar");
        }
      }
    }
    stage.findings.exactly("service_processes_that_name_the_mesh", findings.size(), 0);
    return findings.isEmpty()
        ? processes + " processes: no argument, variable or open file names the mesh"
        : String.join("; ", findings);
  }

  private static Set<String> meshInodes(ProcessProof proof, Workload workload)
      throws DemoException, IOException {
    var inodes = new HashSet<String>();
    for (var part : List.of(Part.SUPERVISOR, Part.KEEPER, Part.SIDECAR)) {
      inodes.addAll(proof.pipesAndSockets(workload.livePid(part)));
    }
    return inodes;
  }
}
