package dev.ondine.it.system.grpc;

import dev.ondine.testkit.process.Processes;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the cases of clients one by one, prints a line for each and counts them. */
final class Cases {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Processes processes;
  private final PrintStream out;
  private final List<String> failed = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private int passed;

  /** Begins the table. */
  Cases(Processes processes, PrintStream out) {
    this.processes = processes;
    this.out = out;
    line("client", "server", "case", "result");
  }

  /** Runs every case of a client that can be run with this server. */
  void run(InteropClient client, InteropServer server, int sidecar, String authority)
      throws IOException, InterruptedException {
    run(client, client.cases(), server, sidecar, authority);
  }

  /** Runs some. */
  void run(
      InteropClient client, List<String> cases, InteropServer server, int sidecar, String authority)
      throws IOException, InterruptedException {
    for (var testCase : cases) {
      var reason = reason(testCase, client.leftOut(), server.lacks());
      if (!reason.isEmpty()) {
        leftOut.add(client.name() + " " + server.name() + " " + testCase + ": " + reason);
        line(client.name(), server.name(), testCase, "left out: " + reason);
        continue;
      }
      var start = System.nanoTime();
      var name = client.name() + "-" + server.name() + "-" + testCase;
      var process =
          processes.start(name, Map.of(), client.command().words(testCase, sidecar, authority));
      var exit = process.awaitExit(LIMIT);
      var seconds = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) / 1000.0;
      if (exit.isPresent() && exit.getAsInt() == 0) {
        passed++;
        line(client.name(), server.name(), testCase, "passed, %.1f s".formatted(seconds));
      } else {
        process.kill();
        failed.add(name);
        line(
            client.name(),
            server.name(),
            testCase,
            exit.isPresent() ? "FAILED" : "FAILED: not done within " + LIMIT.toSeconds() + " s");
        out.println(process.lastLines().indent(4).stripTrailing());
      }
    }
  }

  private static String reason(
      String testCase, Map<String, String> leftOut, Map<String, String> lacks) {
    return leftOut.getOrDefault(testCase, lacks.getOrDefault(testCase, ""));
  }

  /** How many ran to a good end. */
  int passed() {
    return passed;
  }

  /** Those that did not. */
  List<String> failed() {
    return List.copyOf(failed);
  }

  /** Those that were not run, each with the reason. */
  List<String> leftOut() {
    return List.copyOf(leftOut);
  }

  private void line(String client, String server, String testCase, String result) {
    out.printf("%-12s %-7s %-36s %s%n", client, server, testCase, result);
  }
}
