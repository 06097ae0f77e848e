package dev.ondine.it.system.xds;

import dev.ondine.testkit.process.Child;
import dev.ondine.testkit.process.GoProgram;
import dev.ondine.testkit.process.Processes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The foreign control plane of {@code src/test/go/xds-server}, made with go-control-plane. */
final class GoControlPlane {
  private static final Duration START = Duration.ofSeconds(10);
  private static final Pattern PORT = Pattern.compile("^(xds|api) (\\d+)$", Pattern.MULTILINE);

  private final int xds;
  private final int api;
  private final Map<String, String> endpoints = new TreeMap<>();

  private GoControlPlane(int xds, int api) {
    this.xds = xds;
    this.api = api;
  }

  /**
   * Builds and starts it.
   *
   * @param sources its folder
   * @throws IOException when it cannot be built; the message says what is missing
   */
  static GoControlPlane start(Processes processes, Path sources, Path work)
      throws IOException, InterruptedException {
    var program =
        GoProgram.build(
            processes, "the go-control-plane server", sources, ".", work.resolve("xds-server"));
    var server = processes.start("xds-server", program);
    server.awaitReady("tell its two ports", START, () -> ports(server).size() == 2);
    var ports = ports(server);
    return new GoControlPlane(ports.getOrDefault("xds", 0), ports.getOrDefault("api", 0));
  }

  /** Where it serves xDS. */
  int xds() {
    return xds;
  }

  /** Adds an endpoint to a service, which comes into being with the first. */
  void register(String service, int port) throws IOException, InterruptedException {
    var all = endpoints.merge(service, "127.0.0.1:" + port, (old, more) -> old + "\n" + more);
    var uri = URI.create("http://127.0.0.1:" + api + "/services/" + service);
    try (var http = HttpClient.newHttpClient()) {
      var answer =
          http.send(
              HttpRequest.newBuilder(uri).PUT(BodyPublishers.ofString(all)).build(),
              BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException("xds-server answered " + answer.statusCode() + ": " + answer.body());
      }
    }
  }

  private static Map<String, Integer> ports(Child server) throws IOException {
    var ports = new TreeMap<String, Integer>();
    PORT.matcher(Files.readString(server.log()))
        .results()
        .forEach(line -> ports.put(line.group(1), Integer.valueOf(line.group(2))));
    return ports;
  }
}
