package dev.ondine.it.system.overload;

import dev.ondine.testkit.process.ProcFs;
import dev.ondine.testkit.process.Programs;
import dev.ondine.testkit.scenario.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/** T38, first half: 512 file descriptors and three times as many clients. */
final class FewDescriptors {
  private static final int LIMIT = 512;
  private static final int CLIENTS = 1_500;
  private static final Duration MEASURED = Duration.ofSeconds(5);

  /** Of descriptors, by default. */
  private static final int RESERVE = 64;

  /** A loop that spins on what it cannot accept takes a whole one. */
  private static final double MOST_CORES = 0.5;

  private final Run run;
  private final Shop shop;

  FewDescriptors(Run run, Shop shop) {
    this.run = run;
    this.shop = shop;
  }

  void check() throws Exception {
    bounded();
    exhausted();
  }

  /** By half of the descriptors that are not reserved: accepting stops before they run out. */
  private void bounded() throws Exception {
    var files = check("fd_bounded");
    run.report().atLeast("fd_bounded_open", files.open(), LIMIT / 3.0);
    run.report().atMost("fd_bounded_most_open", files.open(), LIMIT - RESERVE / 2.0);
    run.report().check("fd_bounded_admin_answers", files.adminAnswers());
  }

  /** They do run out, and then not even the admin port has one. */
  private void exhausted() throws Exception {
    var files = check("fd_exhausted", "overload.connections=100000");
    run.report().atLeast("fd_exhausted_open", files.open(), LIMIT - 2);
    run.report().tell("fd_exhausted_admin_answers", files.adminAnswers());
  }

  /** What there was while the crowd was. */
  private record Crowded(int open, boolean adminAnswers) {}

  private Crowded check(String figures, String... settings) throws Exception {
    var prlimit = Programs.find("prlimit", "util-linux");
    var command = List.of(prlimit, "--nofile=" + LIMIT + ":" + LIMIT);
    var sidecar = shop.caller(figures.replace('_', '-'), command, settings);
    var pid = sidecar.process().pid();
    var customers = shop.customers(sidecar, 10, 100);
    var ready = customers.open(); // their connections are there before the crowd
    ready.send(Duration.ofSeconds(3));
    var seen = new Customers.Seen[1];
    Crowded crowded;
    try (var crowd =
        Crowd.start(
            sidecar.explicit(), Collections.nCopies(CLIENTS, Behaviour.slowHead(Shop.AUTHORITY)))) {
      SlowClients.await(() -> crowd.sent() >= CLIENTS, Duration.ofSeconds(2));
      var cpu = ProcFs.cpuSeconds(pid);
      var began = System.nanoTime();
      seen[0] = ready.send(MEASURED);
      var seconds = (System.nanoTime() - began) / 1e9;
      var cores = (ProcFs.cpuSeconds(pid) - cpu) / seconds;
      run.report().atMost(figures + "_cores_used", cores, MOST_CORES);
      crowded = new Crowded(openFiles(pid), Admin.of(sidecar).metrics().isPresent());
    }
    run.report().exactly(figures + "_existing_failed", seen[0].requests() - seen[0].ok(), 0);
    run.report().tell(figures + "_existing_p99_ms", seen[0].p99Millis());
    var gone = System.nanoTime();
    SlowClients.await(() -> customers.once() == 200, Duration.ofSeconds(10));
    run.report().atMost(figures + "_recovered_s", (System.nanoTime() - gone) / 1e9, 10);
    run.report().exactly(figures + "_new_client_status", customers.once(), 200);
    ready.close();
    sidecar.process().stop();
    return crowded;
  }

  private static int openFiles(long pid) throws IOException {
    try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return (int) files.count();
    }
  }
}
