package dev.ondine.it.system.wrap;

import static org.awaitility.Awaitility.await;

import dev.ondine.it.system.wrap.Case.Answered;
import dev.ondine.it.system.wrap.Case.Captured;
import dev.ondine.it.system.wrap.Case.Refused;
import dev.ondine.it.system.wrap.Case.Untouched;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/** Runs cases, judges each by what servers and sidecars saw, and prints it as a row. */
final class Table {
  /** For the last line of an access log, which is written behind the answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration POLL = Duration.ofMillis(20);
  private static final String ROW = "%-24s %-66s %-10s %-20s %-8s %s%n";

  private final PrintStream out;
  private final List<Wrapped> workloads;
  private final List<App> servers;
  private int cases;
  private int bypassed;
  private int failed;

  /**
   * An empty table.
   *
   * @param workloads all whose sidecars may see something
   * @param servers all that may get a request, with those of the workloads
   */
  Table(PrintStream out, List<Wrapped> workloads, List<App> servers) {
    this.out = out;
    this.workloads = List.copyOf(workloads);
    this.servers = List.copyOf(servers);
    out.printf(ROW, "case", "how", "verdict", "seen by sidecars", "server", "answer");
  }

  /** How many there were. */
  int cases() {
    return cases;
  }

  /** How many requests reached a server past a sidecar that should have seen them. */
  int bypassed() {
    return bypassed;
  }

  /** How many came out otherwise than they should; with the bypassed. */
  int failed() {
    return failed;
  }

  /** Runs one. */
  void run(Case row) throws IOException, InterruptedException {
    var answer = answer(row);
    awaitWhatMustBeSeen(row);
    var seen = sightings(row.path());
    var got = servers(row.path());
    var isBypassed =
        switch (row.expected()) {
          case Captured(var server, var by) -> got.contains(server.name()) && !seen.containsAll(by);
          case Refused() -> !got.isEmpty();
          case Untouched(var _), Answered(var _) -> false;
        };
    var isGood =
        switch (row.expected()) {
          case Captured(var server, var by) -> got.equals(Set.of(server.name())) && seen.equals(by);
          case Refused() -> got.isEmpty() && answer.startsWith("refused");
          case Untouched(var server) -> got.equals(Set.of(server.name())) && seen.isEmpty();
          case Answered(var start) -> answer.startsWith(start) && got.isEmpty();
        };
    cases++;
    bypassed += isBypassed ? 1 : 0;
    failed += isGood ? 0 : 1;
    var verdict = isGood ? word(row) : isBypassed ? "BYPASSED" : "FAILED";
    out.printf(
        ROW,
        row.name(),
        row.how(),
        verdict,
        seen.isEmpty() ? "-" : join(seen),
        got.isEmpty() ? "-" : String.join(", ", got),
        answer);
  }

  private static String word(Case row) {
    return switch (row.expected()) {
      case Captured _ -> "captured";
      case Refused _ -> "refused";
      case Untouched _ -> "untouched";
      case Answered _ -> "holds";
    };
  }

  private static String answer(Case row) throws InterruptedException {
    try {
      return row.action().call(row.path()).strip();
    } catch (IOException e) {
      var text = String.valueOf(e.getMessage()).strip();
      return "refused: " + text.substring(text.lastIndexOf(": ") + 1).strip();
    }
  }

  private void awaitWhatMustBeSeen(Case row) {
    if (row.expected() instanceof Captured(var _, var by)) {
      holdsSoon(() -> sightings(row.path()).containsAll(by));
    }
  }

  private static void holdsSoon(Callable<Boolean> condition) {
    try {
      await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(POLL).until(condition);
    } catch (ConditionTimeoutException _) {
      // The verdict says what is missing.
    }
  }

  private Set<Sighting> sightings(String path) throws IOException {
    var all = new TreeSet<Sighting>();
    for (var workload : workloads) {
      workload.sightings(path).forEach(all::add);
    }
    return all;
  }

  private Set<String> servers(String path) throws IOException {
    var all = new TreeSet<String>();
    for (var server : servers) {
      if (server.saw(path)) {
        all.add(server.name());
      }
    }
    return all;
  }

  private static String join(Set<Sighting> seen) {
    return seen.stream().map(Sighting::toString).collect(Collectors.joining(", "));
  }
}
