package dev.ondine.it.system.identity;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ondine.testkit.mesh.ControlProcess;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A control plane that gives out identities, and sidecars that have one: real processes. */
public record SecuredMesh(
    Run run, Processes processes, String name, Path socket, ControlProcess control) {
  private static final Duration START = Duration.ofSeconds(40);

  /**
   * Starts control.
   *
   * @param name of its folder
   * @param flags more of them
   */
  public static SecuredMesh start(Run run, Processes processes, String name, String... flags)
      throws IOException {
    var folder = Files.createDirectories(run.work().toAbsolutePath().resolve(name));
    var socket = folder.resolve("id.sock");
    var all = new ArrayList<>(List.of("--identity", "on", "--identity-socket", socket.toString()));
    all.addAll(List.of(flags));
    var control =
        ControlProcess.start(processes, List.of(), run.home(), folder.resolve("control.db"), all);
    return new SecuredMesh(run, processes, name, socket, control);
  }

  /** Its folder. */
  public Path folder() {
    return run.work().toAbsolutePath().resolve(name);
  }

  /** A sidecar that proves who it is by the user it runs as; ready. */
  public SidecarProcess sidecar(String service, String... flags) throws IOException {
    return sidecar(service, List.of(), flags);
  }

  /** Likewise, started by this command. */
  public SidecarProcess sidecar(String service, List<String> command, String... flags)
      throws IOException {
    var all = new ArrayList<>(List.of("--identity-socket", socket.toString()));
    all.addAll(List.of(flags));
    return unproven(service, command, all);
  }

  /** A sidecar that has no other proof than its flags give; ready. */
  SidecarProcess unproven(String service, List<String> command, List<String> flags)
      throws IOException {
    var all = new ArrayList<>(List.of("--identity", "on"));
    all.addAll(flags);
    var sidecar = SidecarProcess.start(processes, command, run.home(), service, control.xds(), all);
    // Its field "ready" is there whatever it says.
    var ready = Pattern.compile("\"state\"\\s*:\\s*\"(ready|registered)\"");
    if (all.contains("--port")) {
      ready = Pattern.compile("\"state\"\\s*:\\s*\"registered\"");
    }
    var state = ready;
    sidecar
        .process()
        .awaitReady("be ready", START, () -> state.matcher(page(sidecar, "/ready")).find());
    return sidecar;
  }

  /** Runs a command of ours against this control, and returns what it printed. */
  public String ondine(String... words) throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of(run.home().resolve("bin/ondine").toString()));
    all.addAll(List.of(words));
    all.addAll(List.of("--server", "127.0.0.1:" + control.admin()));
    return processes.run("ondine-" + words[0], Map.of(), all);
  }

  /** A page of a sidecar's admin port. */
  public static String page(SidecarProcess sidecar, String path)
      throws IOException, InterruptedException {
    return page(sidecar.admin(), path);
  }

  /** A page of control's admin port. */
  public String page(String path) throws IOException, InterruptedException {
    return page(control.admin(), path);
  }

  private static String page(int port, String path) throws IOException, InterruptedException {
    var uri = URI.create("http://127.0.0.1:" + port + path);
    try (var http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  /** How many certificates were ever issued; the log of them is verified. */
  public int issued() throws IOException, InterruptedException {
    return new ObjectMapper().readTree(page("/v1/ca/log?last=0")).path("verified").asInt(-1);
  }

  /** How often control has audited something that has all of these words. */
  long audited(String... words) throws IOException {
    return Files.readAllLines(control.process().log()).stream()
        .filter(line -> List.of(words).stream().allMatch(line::contains))
        .count();
  }
}
