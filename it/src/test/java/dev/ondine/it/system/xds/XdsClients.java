package dev.ondine.it.system.xds;

import dev.ondine.testkit.envoy.EnvoyBinary;
import dev.ondine.testkit.mesh.ControlProcess;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.scenario.Scenario;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * The wire is Envoy's: grpc-java and a real Envoy take routes and endpoints from our control plane,
 * and our sidecar takes them from go-control-plane.
 */
public final class XdsClients implements Scenario {
  /** The third endpoint is never registered; on grpc-java alone, which takes the least time. */
  private static final String THIRD_ENDPOINT = "third-endpoint";

  private static final int PORT = 8080;

  @Override
  public String name() {
    return "xds-clients";
  }

  @Override
  public String summary() {
    return "grpc-java and Envoy on our control plane, our sidecar on go-control-plane";
  }

  @Override
  public List<String> sabotages() {
    return List.of(THIRD_ENDPOINT);
  }

  @Override
  public void run(Run run) throws Exception {
    try (var processes = new Processes(run.work())) {
      var control =
          ControlProcess.start(processes, List.of(), run.home(), run.work().resolve("control.db"));
      grpcJava(run, control);
      if (run.sabotaged(THIRD_ENDPOINT)) {
        return;
      }
      for (var client : EnvoyClient.values()) {
        envoy(run, processes, control, client);
      }
      sidecar(run, processes);
    }
  }

  private static void grpcJava(Run run, ControlProcess control) throws Exception {
    var name = "grpc-java";
    try (var service =
        new GrpcService(
            GrpcJavaClient.open(control.xds(), authority(name)),
            (endpoint, port) ->
                control.register(name, name + "-" + endpoint, PORT, "grpc", port))) {
      service.add("one");
      service.add("two");
      new Questions(run.report(), "grpc_java").ask(service, run.sabotaged(THIRD_ENDPOINT));
    }
  }

  private static void envoy(
      Run run, Processes processes, ControlProcess control, EnvoyClient client) throws Exception {
    var program = EnvoyBinary.install(repository().resolve("target/tools"), processes, run.out());
    var name = client.figures().replace('_', '-');
    try (var service =
        new HttpService(
            (endpoint, port) ->
                control.register(name, name + "-" + endpoint, PORT, "http", port))) {
      // Before Envoy asks: it takes "there is no such route configuration" for "not yet", and keeps
      // its listener closed until there is one.
      service.add("one");
      service.add("two");
      var envoy = client.start(processes, program, run.work(), control.xds(), authority(name));
      service.connect(envoy.port());
      new Questions(run.report(), client.figures()).ask(service, false);
      envoy.process().stop();
    }
  }

  private static void sidecar(Run run, Processes processes) throws Exception {
    var sources = repository().resolve("it/src/test/go/xds-server");
    var foreign = GoControlPlane.start(processes, sources, run.work());
    var authority = authority("foreign");
    try (var service = new HttpService((_, port) -> foreign.register(authority, port));
        var workload = NamedServer.start("caller")) {
      service.add("one");
      service.add("two");
      var sidecar =
          SidecarProcess.start(
              processes,
              List.of(),
              run.home(),
              "caller",
              foreign.xds(),
              // It has a port to register, and a control plane that knows no registration.
              List.of("--port", PORT + ":" + workload.port()));
      service.connect(sidecar.explicit(), authority);
      var questions = new Questions(run.report(), "sidecar");
      questions.ask(service, false);
      var late = URI.create("http://" + authority("late") + "/");
      var unknown = service.send(late);
      run.report().exactly("sidecar_unknown_name_status", unknown.statusCode(), 404);
      run.report()
          .exactly(
              "sidecar_unknown_name_reason",
              unknown.headers().firstValue("x-ondine-reason").orElse("none"),
              "no_such_service");
      foreign.register(authority("late"), workload.port());
      questions.sees("unknown_name_created", () -> service.send(late).statusCode() == 200);
      run.report().check("sidecar_lives_without_registration", sidecar.process().isAlive());
    }
  }

  private static String authority(String service) {
    return service + ".default.mesh:" + PORT;
  }

  private static Path repository() {
    return Path.of(System.getProperty("ondine.repository", "."));
  }
}
