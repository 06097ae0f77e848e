package dev.ondine.bench.proxy;

import dev.ondine.testkit.process.ProcFs;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.process.Programs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
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

  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(30);

  /** A command on the proxies' core; {@code taskset} becomes the command, so the pid is its own. */
  static List<String> onProxyCore(String... words) throws IOException {
    return pinned(PROXY_CORE, words);
  }

  static List<String> onOtherCore(String... words) throws IOException {
    return pinned(OTHER_CORE, words);
  }

  private static List<String> pinned(String core, String... words) throws IOException {
    var taskset = Programs.find("taskset", "the Debian package util-linux");
    return Stream.concat(Stream.of(taskset, "-c", core), Stream.of(words)).toList();
  }

  /** Waits for a proxy's first good answer, however often it must be asked. */
  void awaitAnswer(Contender contender) throws IOException {
    var proxy = new InetSocketAddress(InetAddress.getLoopbackAddress(), contender.port());
    var request =
        HttpRequest.newBuilder(URI.create("http://" + SERVICE + "/")).timeout(ANSWER).build();
    try (var client = HttpClient.newBuilder().proxy(ProxySelector.of(proxy)).build()) {
      contender
          .process()
          .awaitReady(
              "answer a request",
              FIRST_ANSWER,
              () -> client.send(request, BodyHandlers.discarding()).statusCode() == 200);
    }
  }

  /**
   * Sends requests as fast as they are answered.
   *
   * @throws IOException when one was not answered well: then the figures say nothing
   */
  Load load(String name, int port, int seconds) throws IOException, InterruptedException {
    var words =
        new ArrayList<>(
            onOtherCore(
                Programs.find("wrk", "the Debian package wrk"),
                "--threads",
                "1",
                "--connections",
                "" + CONNECTIONS,
                "--latency"));
    words.addAll(
        List.of(
            "--duration",
            seconds + "s",
            // A slow answer is a figure, not a failure; a lost one is.
            "--timeout",
            "10s",
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

  /**
   * One round of load for a proxy.
   *
   * @throws IOException also when an answer did not come from the backend
   */
  Sample measure(Contender contender, Backend backend, int seconds)
      throws IOException, InterruptedException {
    var pid = contender.process().pid();
    var answered = backend.answered();
    var before = ProcFs.cpuSeconds(pid);
    var load = load(contender.name(), contender.port(), seconds);
    var cpuSeconds = ProcFs.cpuSeconds(pid) - before;
    var passed = backend.answered() - answered;
    if (passed < load.requests()) {
      throw new IOException(
          contender.name() + " answered " + load.requests() + ", its backend only " + passed);
    }
    return new Sample(load, cpuSeconds, ProcFs.residentMiB(pid));
  }
}
