package dev.ondine.it.system.grpc;

import dev.ondine.testkit.grpc.EchoServer;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.scenario.Scenario;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The interop cases of the gRPC project through two sidecars: the clients of grpc-java (with two
 * implementations of HTTP/2) and grpc-go against the servers of both. The service is found on
 * demand, by its name.
 */
public final class GrpcInterop implements Scenario {
  /** The callee's sidecar takes its workload for one that speaks HTTP/1. */
  private static final String HTTP1_WORKLOAD = "http1-workload";

  /** The server is registered without a sidecar. */
  private static final String NO_CALLEE = "no-callee-sidecar";

  private static final List<String> SABOTAGED_CASES = List.of("empty_unary", "ping_pong");

  /** How many must be run, and how many not: a case that gets lost, or is new, is looked at. */
  private static final int CASES = 85;

  private static final int LEFT_OUT = 36;

  private static final int JAVA = 8080;
  private static final int GO = 8081;
  private static final int ECHO = 8082;

  @Override
  public String name() {
    return "grpc-interop";
  }

  @Override
  public String summary() {
    return "the interop cases of grpc-java and grpc-go through two sidecars; deadlines,"
        + " cancellation";
  }

  @Override
  public List<String> sabotages() {
    return List.of(HTTP1_WORKLOAD, NO_CALLEE);
  }

  @Override
  public void run(Run run) throws Exception {
    var repository = Path.of(System.getProperty("ondine.repository", "."));
    try (var processes = new Processes(run.work());
        var echo = EchoServer.start()) {
      var java =
          JavaPeer.install(
              processes,
              repository.resolve("it/src/test/interop/pom.xml"),
              repository.resolve("target/tools"),
              run.out());
      var javaServer = java.server();
      var targets = new TreeMap<>(Map.of(JAVA, javaServer.port(), ECHO, echo.port()));
      targets.put(TwoSidecars.SAME, javaServer.port());
      if (run.sabotage().isPresent()) {
        var cases = new Cases(processes, run.out());
        var mesh = start(run, processes, targets);
        cases.run(java.netty(), SABOTAGED_CASES, javaServer, mesh.entrance(), mesh.authority(JAVA));
        report(run, mesh, cases, SABOTAGED_CASES.size(), 0);
        return;
      }
      var go =
          GoPeer.build(processes, repository.resolve("it/src/test/go/grpc-interop"), run.work());
      var goServer = go.server();
      targets.put(GO, goServer.port());
      var mesh = start(run, processes, targets);
      var cases = new Cases(processes, run.out());
      run.report().check("caller_knows_nothing_before", !mesh.hasFound());
      for (var client : List.of(java.netty(), go.client())) {
        cases.run(client, javaServer, mesh.entrance(), mesh.authority(JAVA));
      }
      cases.run(java.okHttp(), javaServer, mesh.entrance(), mesh.authority(TwoSidecars.SAME));
      cases.run(java.netty(), goServer, mesh.entrance(), mesh.authority(GO));
      report(run, mesh, cases, CASES, LEFT_OUT);
      echo(run, mesh, echo);
    }
  }

  private static TwoSidecars start(Run run, Processes processes, Map<Integer, Integer> targets)
      throws Exception {
    return TwoSidecars.start(
        processes,
        run.home(),
        run.work(),
        targets,
        run.sabotaged(HTTP1_WORKLOAD) ? "http" : "grpc",
        run.sabotaged(NO_CALLEE));
  }

  private static void report(Run run, TwoSidecars mesh, Cases cases, int due, int leftOut)
      throws Exception {
    var report = run.report();
    run.out().println();
    run.out().println("left out:");
    cases.leftOut().forEach(one -> run.out().println("  " + one));
    run.out().println();
    report.exactly("cases_failed", cases.failed().size(), 0);
    report.exactly("cases_passed", cases.passed(), due);
    report.exactly("cases_left_out", cases.leftOut().size(), leftOut);
    report.check("found_on_demand", mesh.hasFound());
    report.atLeast(
        "calls_at_callers_sidecar", (double) TwoSidecars.requests(mesh.caller()), cases.passed());
    report.atLeast(
        "calls_at_callees_sidecar", (double) TwoSidecars.requests(mesh.callee()), cases.passed());
  }

  private static void echo(Run run, TwoSidecars mesh, EchoServer echo) throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", mesh.entrance())
            .overrideAuthority(mesh.authority(ECHO))
            .usePlaintext()
            .build();
    try {
      new Propagation(run.report(), channel, echo).measure();
      if (run.full()) {
        new Soak(run.report(), channel).run();
      }
    } finally {
      channel.shutdownNow();
    }
  }
}
