package dev.ondine.bench.proxy;

import dev.ondine.testkit.process.ProcFs;
import dev.ondine.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where the measurement happens: the proxies share one core, load and backend the other, so that
 * neither takes time from the proxy under load.
 *
 * @param work a folder for configuration and logs
 */
record Workplace(Processes processes, Path work) {
  /** The name that the load asks for: where our sidecar discovers it on demand. */
  static final String SERVICE = "backend.default.mesh";

  private static final String PROXY_CORE = "0";
  private static final String OTHER_CORE = "1";

  /** Enough to keep the proxy's core busy, few enough for a sidecar's usual day. */
  private static final int CONNECTIONS = 32;

  /** A command on the proxies' core; {@code taskset} becomes the command, so the pid is its own. */
  static List<String> onProxyCore(String... words) {
    return pinned(PROXY_CORE, words);
  }

  static List<String> onOtherCore(String... words) {
    return pinned(OTHER_CORE, words);
  }

  private static List<String> pinned(String core, String... words) {
    return Stream.concat(Stream.of("taskset", "-c", core), Stream.of(words)).toList();
  }

  /**
   * Sends requests as fast as they are answered.
   *
   * @throws IOException when one was not answered well: then the figures say nothing
   */
  Load load(String name, int port, int seconds) throws IOException, InterruptedException {
    var words =
        new ArrayList<>(
            onOtherCore("wrk", "--threads", "1", "--connections", "" + CONNECTIONS, "--latency"));
    words.addAll(
        List.of(
            "--duration",
            seconds + "s",
            "--header",
            "Host: " + SERVICE,
            "http://127.0.0.1:" + port + "/"));
    var load = Load.parse(processes.run("wrk-" + name, Map.of(), words));
    if (load.failures() > 0 || load.requests() == 0) {
      throw new IOException(
          name + " failed " + load.failures() + " requests; answered " + load.requests());
    }
    return load;
  }

  /** One round of load for a proxy. */
  Sample measure(Contender contender, int seconds) throws IOException, InterruptedException {
    var pid = contender.process().pid();
    var before = ProcFs.cpuSeconds(pid);
    var load = load(contender.name(), contender.port(), seconds);
    return new Sample(load, ProcFs.cpuSeconds(pid) - before, ProcFs.residentMiB(pid));
  }
}
