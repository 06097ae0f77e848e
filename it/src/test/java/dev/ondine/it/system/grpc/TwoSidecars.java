package dev.ondine.it.system.grpc;

import dev.ondine.testkit.mesh.ControlProcess;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.Processes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A control plane and two sidecars in processes of their own: one beside the servers, one beside
 * the clients, which knows nothing when it starts.
 */
record TwoSidecars(SidecarProcess callee, SidecarProcess caller) {
  /** The port of the service that is that of the caller's sidecar, too. */
  static final int SAME = 0;

  private static final String SERVICE = "interop";
  private static final Duration START = Duration.ofSeconds(20);
  private static final Pattern REQUESTS =
      Pattern.compile("^istio_requests_total\\{[^}]*} (\\S+)$", Pattern.MULTILINE);

  /**
   * Starts them and waits until the servers are registered.
   *
   * @param targets the ports of the servers by the ports of the service; {@link #SAME} stands for
   *     the port that clients connect to
   * @param protocol what the workload is said to speak
   * @param registered the servers are registered as they are, and calls go past the callee's
   *     sidecar
   */
  static TwoSidecars start(
      Processes processes,
      Path home,
      Path work,
      Map<Integer, Integer> targets,
      String protocol,
      boolean registered)
      throws IOException, InterruptedException {
    var control = ControlProcess.start(processes, List.of(), home, work.resolve("control.db"));
    var caller =
        SidecarProcess.start(processes, List.of(), home, "caller", control.xds(), List.of());
    caller
        .process()
        .awaitReady("be ready", START, () -> page(caller, "/ready").contains("\"ready\""));
    var ports = new ArrayList<String>();
    targets.forEach(
        (port, target) ->
            ports.addAll(
                List.of(
                    "--port",
                    (port == SAME ? caller.explicit() : port) + ":" + target + "/" + protocol)));
    var callee =
        SidecarProcess.start(
            processes, List.of(), home, registered ? "bystander" : SERVICE, control.xds(), ports);
    callee
        .process()
        .awaitReady("register", START, () -> page(callee, "/ready").contains("\"registered\""));
    if (registered) {
      for (var target : targets.entrySet()) {
        if (target.getKey() != SAME) {
          var instance = SERVICE + "-" + target.getKey();
          control.register(SERVICE, instance, target.getKey(), protocol, target.getValue());
        }
      }
    }
    return new TwoSidecars(callee, caller);
  }

  /** How a client names a port of the service. */
  String authority(int port) {
    return SERVICE + ".default.mesh" + (port == SAME ? "" : ":" + port);
  }

  /** Where clients call. */
  int entrance() {
    return caller.explicit();
  }

  /** Whether the caller's sidecar has found the service, which nobody told it of. */
  boolean hasFound() throws IOException, InterruptedException {
    return page(caller, "/discovery").contains(SERVICE);
  }

  /** How many requests a sidecar has counted. */
  static long requests(SidecarProcess sidecar) throws IOException, InterruptedException {
    return REQUESTS
        .matcher(page(sidecar, "/metrics"))
        .results()
        .mapToLong(line -> (long) Double.parseDouble(line.group(1)))
        .sum();
  }

  private static String page(SidecarProcess sidecar, String path)
      throws IOException, InterruptedException {
    var uri = URI.create("http://127.0.0.1:" + sidecar.admin() + path);
    try (var http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }
}
