package dev.ondine.it.system.hostile;

import dev.ondine.testkit.http1.RecordingOrigin;
import dev.ondine.testkit.http2.FrameOrigin;
import dev.ondine.testkit.mesh.ControlProcess;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.scenario.Scenario;
import dev.ondine.testkit.tls.TestCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What clients and workloads should not send, through real sidecars: a table by acceptance test.
 */
public final class HostileInput implements Scenario {
  /** Clients send to the workload itself, as if a sidecar let everything pass. */
  private static final String REQUESTS_PASS = "requests-pass";

  /** Clients get the workload's answers themselves. */
  private static final String ANSWERS_PASS = "answers-pass";

  /** No client by HTTP/2 learns what was wrong. */
  private static final String CODES_LOST = "codes-lost";

  /** Clients may take as long as they like. */
  private static final String PATIENT = "patient";

  /** What fails by design need not be waited for. */
  private static final Duration SABOTAGED = Duration.ofMillis(500);

  private static final String PORT = "80";

  @Override
  public String name() {
    return "hostile";
  }

  @Override
  public String summary() {
    return "hostile input by HTTP/1 and HTTP/2: what is refused, and what reaches the workload";
  }

  @Override
  public List<String> sabotages() {
    return List.of(REQUESTS_PASS, ANSWERS_PASS, CODES_LOST, PATIENT);
  }

  @Override
  public Set<String> broken(String sabotage) {
    return switch (sabotage) {
      case REQUESTS_PASS -> failed("T01 T02 T03 T04 T05 T06 T07 T08 T09 T12 T13 T14 T15");
      case ANSWERS_PASS -> failed("T10 T11 T12 T15");
      case CODES_LOST -> failed("T08 T17 T18 T20 T21 T22");
      case PATIENT -> Set.of("T23_streams_reset", "T23_drips_reset");
      default -> Set.of();
    };
  }

  private static Set<String> failed(String tests) {
    var names = new TreeSet<String>();
    for (var test : tests.split(" ", -1)) {
      names.add(test + "_failed");
    }
    return names;
  }

  @Override
  public void run(Run run) throws Exception {
    var tests = new Tests();
    try (var http1 = RecordingOrigin.start();
        var http2 = FrameOrigin.start();
        var processes = new Processes(run.work())) {
      switch (run.sabotage().orElse("")) {
        case REQUESTS_PASS -> {
          var direct = direct(http1);
          var outcomes = new ArrayList<Outcome>();
          Cases.requests(direct, outcomes, untilItFails(outcomes));
          tests.add(outcomes);
        }
        case ANSWERS_PASS -> {
          var direct = direct(http1);
          var outcomes = new ArrayList<Outcome>();
          Cases.answers(direct, outcomes, untilItFails(outcomes));
          tests.add(outcomes);
        }
        default -> throughSidecars(run, processes, http1, http2, tests);
      }
    } finally {
      tests.print(run.out());
    }
    tests.report(run.report(), run.sabotage().isEmpty());
  }

  /** Of each acceptance test no more than it takes to fail. */
  private static Predicate<String> untilItFails(List<Outcome> outcomes) {
    return test -> outcomes.stream().noneMatch(one -> one.test().equals(test) && !one.passed());
  }

  private static Mesh<RecordingOrigin> direct(RecordingOrigin origin) throws Exception {
    Cases.teach(origin);
    var nobody = TestCertificate.ec().client();
    return new Mesh<>(origin.port(), origin.port(), Mesh.HOST, origin, nobody, SABOTAGED);
  }

  private static void throughSidecars(
      Run run, Processes processes, RecordingOrigin http1, FrameOrigin http2, Tests tests)
      throws Exception {
    var certificate = TestCertificate.ec();
    var control =
        ControlProcess.start(processes, List.of(), run.home(), run.work().resolve("control.db"));
    var certified =
        List.of(
            "--tls-cert",
            absolute(certificate.writeChain(run.work().resolve("chain.pem"))),
            "--tls-key",
            absolute(certificate.writeKey(run.work().resolve("key.pem"))));
    apply(control, Mesh.SERVICE, http1.port(), "http");
    apply(control, Mesh.HTTP2_SERVICE, http2.port(), "http2");
    var first = callee(run, processes, control, http1.port() + "/http", certified);
    var second = callee(run, processes, control, http2.port() + "/http2", certified);
    var caller =
        SidecarProcess.start(
            processes,
            List.of(),
            run.home(),
            "caller",
            control.xds(),
            List.of(
                "--set",
                "http.takeGrace="
                    + (run.sabotaged(PATIENT) ? 3_600 : Stalls.GRACE.toSeconds())
                    + "s"));
    var port = caller.explicit();
    var tls = certificate.client();
    var mesh = new Mesh<>(port, first.inbound(), Mesh.HOST, http1, tls);
    var mesh2 = new Mesh<>(port, second.inbound(), Mesh.HTTP2_HOST, http2, tls);
    var stalls = new Stalls(mesh, caller, run.report());
    switch (run.sabotage().orElse("")) {
      case CODES_LOST -> {
        var outcomes = new ArrayList<Outcome>();
        Cases.begin(mesh, mesh2);
        try (var relay = CodesLost.before(port)) {
          var deaf = new Mesh<>(relay.port(), first.inbound(), Mesh.HOST, http1, tls, SABOTAGED);
          Cases.frames(deaf, mesh2, outcomes, untilItFails(outcomes));
        }
        tests.add(outcomes);
      }
      case PATIENT -> {
        Cases.begin(mesh, mesh2);
        tests.add(stalls.run());
      }
      default -> {
        tests.add(Cases.outcomes(mesh, mesh2));
        new Floods(mesh, caller, second.inbound(), run.report(), tests).run();
        tests.add(stalls.run());
      }
    }
  }

  /** A document, not a registration: nothing has to renew it. */
  private static void apply(ControlProcess control, String service, int port, String protocol)
      throws IOException, InterruptedException {
    control.apply(
        """
        apiVersion: mesh.ondine.dev/v1
        kind: Workload
        metadata: {name: %1$s-0, namespace: default}
        spec:
          service: %1$s
          address: 127.0.0.1
          sidecar: false
          ports:
          - {port: 80, targetPort: %2$d, protocol: %3$s}
        """
            .formatted(service, port, protocol));
  }

  /** A sidecar in front of a workload at {@code PORT/PROTOCOL}. */
  private static SidecarProcess callee(
      Run run, Processes processes, ControlProcess control, String port, List<String> certified)
      throws IOException {
    var options = new ArrayList<>(List.of("--port", PORT + ":" + port));
    options.addAll(certified);
    var name = "callee-" + port.substring(port.indexOf('/') + 1);
    return SidecarProcess.start(
        processes, List.of(), run.home(), name, control.xds(), List.copyOf(options));
  }

  private static String absolute(Path file) {
    return file.toAbsolutePath().toString();
  }
}
