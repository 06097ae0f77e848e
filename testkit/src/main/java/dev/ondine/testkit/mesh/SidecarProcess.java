package dev.ondine.testkit.mesh;

import dev.ondine.testkit.process.Child;
import dev.ondine.testkit.process.Ports;
import dev.ondine.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A running sidecar in explicit mode, for a workload that only calls others.
 *
 * @param explicit the port of its HTTP proxy
 * @param inbound the port at which others reach the first port of its workload, if it has one
 * @param admin the port of its admin API
 */
public record SidecarProcess(Child process, int explicit, int inbound, int admin) {
  private static final Duration START = Duration.ofSeconds(20);

  /**
   * Starts one and waits until its proxy takes connections.
   *
   * @param command in front of it, such as {@code taskset -c 0}; must become the sidecar
   * @param home the distribution
   * @param service whose instance the caller is
   * @param control the port of its control plane
   * @param flags more of them
   */
  public static SidecarProcess start(
      Processes processes,
      List<String> command,
      Path home,
      String service,
      int control,
      List<String> flags)
      throws IOException {
    var explicit = Ports.free();
    var inbound = Ports.free();
    var admin = Ports.free();
    var words = new ArrayList<>(command);
    words.addAll(
        List.of(
            home.resolve("bin/ondine").toString(),
            "proxy",
            "--service",
            service,
            "--address",
            "127.0.0.1",
            "--control",
            local(control),
            "--mode",
            "explicit",
            "--explicit",
            local(explicit),
            "--admin",
            local(admin),
            "--inbound",
            local(inbound),
            "--outbound",
            local(Ports.free()),
            "--dns",
            local(Ports.free())));
    words.addAll(flags);
    var sidecar = processes.start("sidecar-" + service, Map.of(), words);
    sidecar.awaitPort(explicit, START);
    return new SidecarProcess(sidecar, explicit, inbound, admin);
  }

  private static String local(int port) {
    return "127.0.0.1:" + port;
  }
}
