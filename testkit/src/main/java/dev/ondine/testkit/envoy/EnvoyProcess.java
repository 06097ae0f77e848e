package dev.ondine.testkit.envoy;

import dev.ondine.testkit.process.Child;
import dev.ondine.testkit.process.Ports;
import dev.ondine.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * A running Envoy.
 *
 * @param port where its one listener takes requests
 */
public record EnvoyProcess(Child process, int port) {
  private static final Duration START = Duration.ofSeconds(30);

  /**
   * Starts one with a single worker and waits until its listener is open.
   *
   * @param name of its log and its configuration file
   * @param bootstrap its configuration, for a listener on this port of the loopback address
   */
  public static EnvoyProcess start(
      Processes processes, Path program, Path work, String name, IntFunction<String> bootstrap)
      throws IOException {
    return start(processes, List.of(), program, work, name, bootstrap);
  }

  /**
   * Likewise, as the last words of another command, such as {@code taskset -c 0}, which must become
   * Envoy.
   */
  public static EnvoyProcess start(
      Processes processes,
      List<String> command,
      Path program,
      Path work,
      String name,
      IntFunction<String> bootstrap)
      throws IOException {
    var port = Ports.free();
    var config = work.resolve(name + ".yaml");
    Files.writeString(config, bootstrap.apply(port));
    var words = new ArrayList<>(command);
    words.addAll(
        List.of(
            program.toString(),
            "--config-path",
            config.toString(),
            "--concurrency",
            "1",
            // Several may run on one machine.
            "--use-dynamic-base-id",
            "--log-level",
            "warning"));
    var envoy = processes.start(name, Map.of(), words);
    envoy.awaitPort(port, START);
    return new EnvoyProcess(envoy, port);
  }
}
