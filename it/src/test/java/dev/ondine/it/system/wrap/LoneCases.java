package dev.ondine.it.system.wrap;

import static org.awaitility.Awaitility.await;

import dev.ondine.it.system.wrap.Case.Answered;
import dev.ondine.testkit.process.Child;
import dev.ondine.testkit.process.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Workloads that have a network namespace to themselves, with nothing in it and no control plane:
 * their supervisors meet bad days.
 */
final class LoneCases {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(5);

  /** Far below what a look every two seconds takes, and above what a busy machine needs. */
  private static final Duration SOON = Duration.ofMillis(1500);

  private static final String LONGEST = "l".repeat(63);

  private final SharedHost host;
  private final Path home;
  private final Table table;

  LoneCases(SharedHost host, Path home, Table table) {
    this.host = host;
    this.home = home;
    this.table = table;
  }

  void run() throws IOException, InterruptedException {
    rulesComeBack();
    for (var lone :
        List.of(
            new Start(LONGEST, LONGEST, "longest-names", "names of 63 characters", "022"),
            new Start("default", "closed", "umask-077", "supervisor with umask 077", "077"))) {
      starts(lone);
    }
    for (var signal : List.of("HUP", "QUIT")) {
      stoppedEarly(signal);
    }
  }

  /** One that must start. */
  private record Start(String namespace, String name, String row, String how, String umask) {}

  private void rulesComeBack() throws IOException, InterruptedException {
    var folder = folder("default", "lone");
    var lone = start("lone", "default", "022", "1s");
    awaitPart(folder, "workload", lone);
    holds("netns-flushed", "namespace of its own, its rules flushed", "again", () -> flush(lone));
    holds(
        "netns-killed-watcher",
        "the same, when the watcher was killed",
        "again",
        () -> {
          host.inside("kill", "-s", "KILL", Long.toString(pid(folder, "watcher")));
          return flush(lone);
        });
    holds("netns-stops", "it is told to end", "left: nothing.", () -> leftOf(lone, folder, "TERM"));
  }

  private void starts(Start what) throws IOException, InterruptedException {
    var folder = folder(what.namespace(), what.name());
    var lone = start(what.name(), what.namespace(), what.umask(), "1s");
    holds(
        what.row(),
        what.how(),
        "its command runs",
        () -> {
          awaitPart(folder, "workload", lone);
          // The sidecar could write there.
          return soon(LIMIT, () -> Files.exists(folder.resolve("sidecar/state"))) && lone.isAlive()
              ? "its command runs"
              : "it does not: " + lone.lastLines();
        });
    leftOf(lone, folder, "TERM");
  }

  private void stoppedEarly(String signal) throws IOException, InterruptedException {
    var name = "early-" + signal.toLowerCase(Locale.ROOT);
    var lone = start(name, "default", "022", "10s");
    var folder = folder("default", name);
    awaitPart(folder, "sidecar", lone);
    holds(
        name,
        "SIG" + signal + " while it waits for its sidecar",
        "left: nothing.",
        () -> leftOf(lone, folder, signal));
  }

  private interface Told {
    String get() throws IOException, InterruptedException;
  }

  private void holds(String name, String how, String start, Told told)
      throws IOException, InterruptedException {
    table.run(new Case(name, how, new Answered(start), _ -> told.get()));
  }

  /** Takes all rules away, and looks for both tables. */
  private String flush(Child lone) throws IOException, InterruptedException {
    in(lone, "nft", "flush", "ruleset");
    return soon(SOON, () -> in(lone, "nft", "list", "tables").lines().count() == 2)
        ? "again"
        : "gone";
  }

  /** What there is when it has been stopped. */
  private String leftOf(Child lone, Path folder, String signal)
      throws IOException, InterruptedException {
    var parts = new ArrayList<Long>();
    for (var part : List.of("sidecar", "keeper", "watcher", "watch_keeper", "workload")) {
      if (Files.exists(folder.resolve(part + ".pid"))) {
        parts.add(pid(folder, part));
      }
    }
    host.inside("kill", "-s", signal, Long.toString(lone.pid()));
    if (lone.awaitExit(LIMIT).isEmpty()) {
      lone.kill();
      return "left: the supervisor";
    }
    var left = new ArrayList<String>();
    if (Files.exists(folder)) {
      left.add("run folder");
    }
    for (var part : parts) {
      if (ProcFs.isRunning(part)) {
        left.add("process " + part);
      }
    }
    return "left: " + (left.isEmpty() ? "nothing" : String.join(", ", left)) + ".";
  }

  private static void awaitPart(Path folder, String part, Child lone) {
    soon(LIMIT, () -> Files.exists(folder.resolve(part + ".pid")) || !lone.isAlive());
  }

  private static long pid(Path folder, String part) throws IOException {
    return Long.parseLong(Files.readString(folder.resolve(part + ".pid")).split(" ", 2)[0]);
  }

  private Path folder(String namespace, String name) {
    return runRoot().resolve(namespace).resolve(name);
  }

  private Path runRoot() {
    return host.folder().resolve("lone-run");
  }

  private Child start(String name, String namespace, String umask, String wait) throws IOException {
    return host.start(
        "lone-" + name,
        Map.of("ONDINE_RUN_ROOT", runRoot().toString()),
        List.of(
            "unshare",
            "--net",
            "sh",
            "-c",
            "umask " + umask + "; ip link set lo up; exec \"$@\"",
            "lone",
            home.resolve("bin/ondine").toString(),
            "run",
            "--mode=netns",
            "--service=lone",
            "--namespace=" + namespace,
            "--instance=" + name,
            "--port=8090",
            "--control=127.0.0.1:15010",
            "--wait=" + wait,
            "--sidecar-log=" + host.folder().resolve("lone-sidecar.log"),
            "--",
            "sleep",
            "infinity"));
  }

  private String in(Child lone, String... words) throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of("nsenter", "--target", "" + lone.pid(), "--net", "--"));
    all.addAll(List.of(words));
    return host.inside(all.toArray(String[]::new));
  }

  private static boolean soon(Duration limit, Callable<Boolean> condition) {
    try {
      await().atMost(limit).pollDelay(Duration.ZERO).pollInterval(POLL).until(condition);
      return true;
    } catch (ConditionTimeoutException _) {
      return false;
    }
  }
}
