package dev.ondine.it.system.differential;

import dev.ondine.testkit.mesh.ControlProcess;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * Seeded mutations of requests through the sidecar into five real origins. What each origin saw is
 * what the sidecar logged as given to it, request by request; {@link Tally} says what a try may be
 * that the origin did not see. Of the inputs that no mutation touched, each request was seen once.
 */
public final class Differential implements Scenario {
  /** Between the sidecar and the origins stands one that adds requests of its own. */
  private static final String SMUGGLER = "smuggler";

  private static final long SEED = 0x0d1fL;
  private static final int INPUTS = 1_500;
  private static final int INPUTS_FULL = 30_000;
  private static final int INPUTS_SABOTAGED = 100;
  private static final int PORT = 8080;

  @Override
  public String name() {
    return "differential";
  }

  @Override
  public String summary() {
    return "mutated requests into nginx, Node, Python, Go and Jetty: nobody sees more than was"
        + " logged";
  }

  @Override
  public List<String> sabotages() {
    return List.of(SMUGGLER);
  }

  @Override
  public void run(Run run) throws Exception {
    try (var processes = new Processes(run.work());
        var origins =
            Origins.start(processes, repository(), run.work(), !run.sabotaged(SMUGGLER))) {
      var control =
          ControlProcess.start(processes, List.of(), run.home(), run.work().resolve("control.db"));
      var shims = new ArrayList<Smuggler>();
      for (var origin : origins.all()) {
        var port = origin.port();
        if (run.sabotaged(SMUGGLER)) {
          var shim = Smuggler.before(port);
          shims.add(shim);
          port = shim.port();
        }
        control.apply(documents(origin.name(), port));
      }
      try {
        mutate(run, processes, control, origins);
      } finally {
        shims.forEach(Smuggler::close);
      }
    }
  }

  private static void mutate(Run run, Processes processes, ControlProcess control, Origins origins)
      throws IOException, InterruptedException {
    var sidecar =
        SidecarProcess.start(
            processes,
            List.of(),
            run.home(),
            "caller",
            control.xds(),
            List.of("--access-log", "all"));
    var inputs = run.sabotaged(SMUGGLER) ? INPUTS_SABOTAGED : run.full() ? INPUTS_FULL : INPUTS;
    var intact = new HashMap<String, List<String>>();
    for (var origin : origins.all()) {
      run.out().println(origin.name() + ": " + inputs + " mutated requests");
      var mutations = new Mutations(SEED + origin.name().hashCode(), origin.name());
      intact.put(origin.name(), Sender.send(sidecar.explicit(), mutations, inputs));
    }
    sidecar.process().stop(); // its log is complete then
    var log = SidecarLog.read(sidecar.process().log());
    var answered = 0;
    for (var origin : origins.all()) {
      var faultless = intact.getOrDefault(origin.name(), List.of());
      var tally = Tally.of(origin.name(), log, origin.seen(), faultless);
      answered += tally.answered();
      tell(run, origin.name(), tally, faultless.size());
    }
    run.report().tell("inputs_for_each_origin", inputs);
    if (!run.sabotaged(SMUGGLER)) {
      run.report().atLeast("origins", origins.all().size(), 4);
      // If nearly all were refused, the comparison would say little.
      run.report()
          .atLeast("share_answered", (double) answered / (inputs * origins.all().size()), 0.2);
    }
  }

  private static void tell(Run run, String name, Tally tally, int faultless) {
    var report = run.report();
    report.tell(name + "_tries", tally.sentOn());
    report.tell(name + "_tries_refused_as_malformed", tally.refused());
    report.tell(name + "_tries_repeated", tally.repeated());
    report.tell(name + "_tries_broken_off_before", tally.brokenOff());
    report.exactly(name + "_requests_seen", tally.seen(), tally.due());
    report.exactly(name + "_seen_and_never_logged", tally.surplus().size(), 0);
    report.exactly(name + "_logged_and_never_seen", tally.lacking().size(), 0);
    report.atLeast(name + "_faultless", faultless, 1);
    report.exactly(name + "_faultless_not_seen_once", tally.harmed().size(), 0);
    tally.surplus().stream().limit(5).forEach(line -> run.out().println("  surplus: " + line));
    tally.lacking().stream().limit(5).forEach(line -> run.out().println("  lacking: " + line));
    tally.harmed().stream().limit(5).forEach(line -> run.out().println("  harmed: " + line));
  }

  private static String documents(String name, int port) {
    return """
    apiVersion: mesh.ondine.dev/v1
    kind: Service
    metadata: {name: %1$s, namespace: default}
    spec:
      ports: [{port: %2$d, protocol: http}]
    ---
    apiVersion: mesh.ondine.dev/v1
    kind: Workload
    metadata: {name: %1$s-0, namespace: default}
    spec:
      service: %1$s
      address: 127.0.0.1
      ports: [{port: %2$d, targetPort: %3$d, protocol: http}]
    """
        .formatted(name, PORT, port);
  }

  private static Path repository() {
    return Path.of(System.getProperty("ondine.repository", "."));
  }
}
