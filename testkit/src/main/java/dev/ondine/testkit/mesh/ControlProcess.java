package dev.ondine.testkit.mesh;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ondine.testkit.process.Child;
import dev.ondine.testkit.process.Ports;
import dev.ondine.testkit.process.Processes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A running control plane with an empty store.
 *
 * @param xds the port that sidecars and foreign clients connect to
 * @param admin the port of its admin API
 */
public record ControlProcess(Child process, int xds, int admin) {
  private static final Duration START = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Starts one and waits until it is ready.
   *
   * @param command in front of it, such as {@code taskset -c 1}; must become the control plane
   * @param home the distribution
   * @param store the file of its store, not there yet
   */
  public static ControlProcess start(
      Processes processes, List<String> command, Path home, Path store) throws IOException {
    return start(processes, command, home, store, List.of());
  }

  /** Likewise, with more flags. */
  public static ControlProcess start(
      Processes processes, List<String> command, Path home, Path store, List<String> flags)
      throws IOException {
    var xds = Ports.free();
    var admin = Ports.free();
    var words = new ArrayList<>(command);
    words.addAll(
        List.of(
            home.resolve("bin/ondine").toString(),
            "control",
            "--xds",
            local(xds),
            "--admin",
            local(admin),
            "--store",
            store.toString()));
    words.addAll(flags);
    var control = new ControlProcess(processes.start("control", Map.of(), words), xds, admin);
    control.process.awaitPort(xds, START);
    control.process.awaitReady("be ready", START, control::isReady);
    return control;
  }

  /**
   * Registers a workload without a sidecar, as a program of the user would. It is gone when that is
   * not repeated within its time to live.
   */
  public void register(
      String service, String instance, int servicePort, String protocol, int targetPort)
      throws IOException, InterruptedException {
    var body = JSON.createObjectNode().put("service", service).put("address", "127.0.0.1");
    body.putArray("ports")
        .addObject()
        .put("port", servicePort)
        .put("targetPort", targetPort)
        .put("protocol", protocol);
    put("/v1/workloads/default/" + instance, "application/json", JSON.writeValueAsString(body));
  }

  /** Applies documents in YAML. They stay until they are deleted. */
  public void apply(String documents) throws IOException, InterruptedException {
    put("/v1/documents", "application/yaml", documents);
  }

  private void put(String path, String type, String body) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri(path))
            .header("content-type", type)
            .PUT(BodyPublishers.ofString(body))
            .build();
    try (var http = HttpClient.newHttpClient()) {
      var answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException(
            "control answered " + answer.statusCode() + " to " + path + ": " + answer.body());
      }
    }
  }

  private boolean isReady() throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(uri("/ready")).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (ConnectException _) {
      return false; // it opens its ports one after the other
    }
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + admin + path);
  }

  private static String local(int port) {
    return "127.0.0.1:" + port;
  }
}
