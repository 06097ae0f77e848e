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

  private final Run run;
  private final Shop shop;

  FewDescriptors(Run run, Shop shop) {
    this.run = run;
    this.shop = shop;
  }

  void check() throws Exception {
    check("fd_bounded"); // by half of the descriptors: accepting stops before they run out
    check("fd_exhausted", "overload.connections=100000"); // they do run out
  }

  private void check(String figures, String... settings) throws Exception {
    var prlimit = Programs.find("prlimit", "util-linux");
    var command = List.of(prlimit, "--nofile=" + LIMIT + ":" + LIMIT);
    var sidecar = shop.caller(figures.replace('_', '-'), command, settings);
    var pid = sidecar.process().pid();
    var customers = shop.customers(sidecar, 10, 100);
    var ready = customers.open(); // their connections are there before the crowd
    ready.send(Duration.ofSeconds(3));
    var seen = new Customers.Seen[1];
    try (var crowd =
        Crowd.start(
            sidecar.explicit(), Collections.nCopies(CLIENTS, Behaviour.slowHead(Shop.AUTHORITY)))) {
      SlowClients.await(() -> crowd.sent() >= CLIENTS, Duration.ofSeconds(2));
      var cpu = ProcFs.cpuSeconds(pid);
      var began = System.nanoTime();
      seen[0] = ready.send(MEASURED);
      var seconds = (System.nanoTime() - began) / 1e9;
      run.report().atMost(figures + "_cores_used", (ProcFs.cpuSeconds(pid) - cpu) / seconds, 1);
      run.report().atLeast(figures + "_open", openFiles(pid), LIMIT / 3.0);
      // Where the bound was set beyond the descriptors, not even the admin port has one.
      run.report().tell(figures + "_admin_answers", SlowClients.adminAnswers(sidecar));
    }
    run.report().exactly(figures + "_existing_failed", seen[0].requests() - seen[0].ok(), 0);
    run.report().tell(figures + "_existing_p99_ms", seen[0].p99Millis());
    var gone = System.nanoTime();
    SlowClients.await(() -> customers.once() == 200, Duration.ofSeconds(10));
    run.report().atMost(figures + "_recovered_s", (System.nanoTime() - gone) / 1e9, 10);
    run.report().exactly(figures + "_new_client_status", customers.once(), 200);
    ready.close();
    sidecar.process().stop();
  }

  private static int openFiles(long pid) throws IOException {
    try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return (int) files.count();
    }
  }
}
