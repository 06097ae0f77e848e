package dev.ondine.it.system.wrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ondine.testkit.process.Child;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A workload: one {@code ondine run}, on the shared host by cgroup. */
final class Wrapped {
  private static final Duration START = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SharedHost host;
  private final Path home;
  private final App app;
  private final String mode;
  private final List<String> flags;
  private Child supervisor;

  private Wrapped(SharedHost host, Path home, App app, String mode, List<String> flags)
      throws IOException {
    this.host = host;
    this.home = home;
    this.app = app;
    this.mode = mode;
    this.flags = List.copyOf(flags);
    this.supervisor = supervise();
  }

  /**
   * Starts it, and waits until it is a part of the mesh.
   *
   * @param flags more of them
   */
  static Wrapped start(SharedHost host, Path home, String name, int port, String... flags)
      throws IOException {
    var app = new App(name, port, host.folder());
    var workload = new Wrapped(host, home, app, "cgroup", List.of(flags));
    workload.awaitUp();
    return workload;
  }

  /** Likewise, one that has a network namespace to itself. */
  static Wrapped startAlone(SharedHost host, Path home, String name, int port) throws IOException {
    var app = new App(name, port, host.folder());
    var workload = new Wrapped(host, home, app, "netns", List.of("--netns", host.aloneNetns()));
    workload.awaitUp();
    return workload;
  }

  private Child supervise() throws IOException {
    var words = new ArrayList<String>();
    words.addAll(List.of(home.resolve("bin/ondine").toString(), "run", "--mode", mode));
    words.addAll(List.of("--cgroup", host.cgroupFlag(), "--service", app.name()));
    words.addAll(List.of("--port", Integer.toString(app.port())));
    words.addAll(List.of("--control", SharedHost.IPV4 + ":15010"));
    words.addAll(List.of("--sidecar-log", sidecarLog().toString()));
    words.addAll(flags);
    // An app that ends is started again, as an init system would.
    words.addAll(List.of("--", "sh", "-c", "while :; do \"$@\"; done", app.name()));
    words.addAll(app.command());
    return host.start(
        "run-" + app.name(),
        Map.of("ONDINE_RUN_ROOT", runRoot().toString(), "ONDINE_ACCESS_LOG", "all"),
        words);
  }

  /** What a supervisor says that must not start here, and why it ended. */
  String rival(String mode, int port) throws IOException, InterruptedException {
    try {
      return host.inside(
          "env",
          "ONDINE_RUN_ROOT=" + runRoot(),
          home.resolve("bin/ondine").toString(),
          "run",
          "--mode=" + mode,
          "--service=rival",
          "--port=" + port,
          "--cgroup=" + host.cgroupFlag(),
          "--control=" + SharedHost.IPV4 + ":15010",
          "--",
          "true");
    } catch (IOException e) {
      var said = String.valueOf(e.getMessage());
      return "refused: "
          + said.substring(said.lastIndexOf("ondine run: ") + "ondine run: ".length());
    }
  }

  private void awaitUp() throws IOException {
    supervisor.awaitReady(
        "start its command, registered, as " + app.name(),
        START,
        () -> app.isUp() && sidecarLines().anyMatch(line -> line.contains("is registered")));
  }

  /** Starts it once more, after its supervisor ended. */
  void startAgain() throws IOException {
    Files.deleteIfExists(sidecarLog());
    supervisor = supervise();
    awaitUp();
  }

  String name() {
    return app.name();
  }

  App app() {
    return app;
  }

  Child supervisor() {
    return supervisor;
  }

  /** The URL of a path on one of the host's addresses. */
  String url(String address, String path) {
    return "http://" + address + ":" + app.port() + path;
  }

  /** Its own cgroup. */
  Path cgroup() {
    return host.cgroup().resolve("ondine.default." + app.name() + "-0");
  }

  /** Its own table of packet rules. */
  String table() {
    return "ondine" + tableSuffix();
  }

  /** Its own table of rules that refuse what the others did not redirect. */
  String guard() {
    return "ondine-guard" + tableSuffix();
  }

  private String tableSuffix() {
    return mode.equals("cgroup") ? ".default." + app.name() + "-0" : "";
  }

  /** The first of its sidecar's ports. */
  int basePort() throws IOException {
    return Integer.parseInt(Files.readAllLines(runFolder().resolve("base_port")).getFirst());
  }

  /** Where its sidecar tells its metrics. */
  String metricsUrl() throws IOException {
    return "http://127.0.0.1:" + basePort() + "/metrics";
  }

  /** The pid of a part: supervisor, watcher, keeper, sidecar or workload. */
  long pid(String part) throws IOException {
    return Long.parseLong(Files.readString(runFolder().resolve(part + ".pid")).split(" ", 2)[0]);
  }

  /** How often its supervisor said something. */
  long said(String what) throws IOException {
    return Files.readAllLines(supervisor.log()).stream()
        .filter(line -> line.contains(what))
        .count();
  }

  /** Waits until its supervisor has said it once more than before. */
  void awaitSaid(String what, long before) throws IOException {
    supervisor.awaitReady("say: " + what, START, () -> said(what) > before);
  }

  boolean isSidecarReady() throws IOException {
    var state = runFolder().resolve("sidecar/state");
    return Files.exists(state) && Files.readString(state).strip().matches("ready|registered");
  }

  /** Waits until its sidecar is ready, which it may have been before. */
  void awaitSidecar() throws IOException {
    supervisor.awaitReady("have a sidecar that is ready", START, this::isSidecarReady);
  }

  /** Waits until its app takes orders. */
  void awaitApp() {
    await().atMost(START).pollInterval(POLL).until(app::isUp);
  }

  /** Who of its sidecar saw a request for this path, and how. */
  Stream<Sighting> sightings(String path) throws IOException {
    return sidecarLines()
        .filter(line -> line.startsWith("{"))
        .map(Wrapped::parse)
        .filter(entry -> entry.path("path").asText().equals(path))
        .map(entry -> new Sighting(name(), entry.path("direction").asText()));
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  private Stream<String> sidecarLines() throws IOException {
    if (!Files.exists(sidecarLog())) {
      return Stream.of();
    }
    var text = Files.readString(sidecarLog(), UTF_8);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines(); // the last may be half-written
  }

  private Path sidecarLog() {
    return host.folder().resolve(app.name() + "-sidecar.log");
  }

  private Path runRoot() {
    return host.folder().resolve("run");
  }

  /** Where its supervisor keeps what belongs to it. */
  Path runFolder() {
    return runRoot().resolve("default").resolve(app.name() + "-0");
  }
}
