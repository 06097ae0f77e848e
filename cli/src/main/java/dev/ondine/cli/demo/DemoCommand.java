package dev.ondine.cli.demo;

import dev.ondine.base.time.Ticker;
import dev.ondine.cli.CliException;
import dev.ondine.cli.ExitCode;
import dev.ondine.cli.Terminal;
import dev.ondine.cli.demo.world.DemoException;
import dev.ondine.cli.demo.world.Logs;
import dev.ondine.cli.demo.world.Patience;
import dev.ondine.cli.demo.world.Place;
import dev.ondine.cli.demo.world.Shop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ondine demo}: the demo, inside the place that its launcher has made. */
@Command(
    name = "demo",
    description = {
      "Run a shop of six programs on a mesh of its own, under load, and show who discovers whom.",
      "It has network namespaces of its own, without root too, and leaves nothing behind."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final int CLOSE_SECONDS = 8;

  private final Terminal terminal;

  @Option(
      names = "--headless",
      description = "Show one step after the other, each with its figures, and end.")
  private boolean headless;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "With --headless: write the figures there.")
  private Optional<Path> json = Optional.empty();

  @Option(
      names = "--logs",
      paramLabel = "FOLDER",
      description = "Keep the logs of all processes there.")
  private Optional<Path> logs = Optional.empty();

  @Option(
      names = "--ignore-times",
      description = {
        "With --headless: report times that are above their bounds, but do not fail for them;",
        "for a machine that does other things as well."
      })
  private boolean ignoreTimes;

  /** Made by the list of commands. */
  public DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (json.isPresent() && !headless) {
      throw new CliException(ExitCode.USAGE, "--json: only --headless comes to figures");
    }
    refuseCovered("--json", json);
    refuseCovered("--logs", logs);
    try {
      var place = Place.of(System.getenv(), System.getProperty("ondine.home", ""));
      return run(place) ? ExitCode.OK.number() : ExitCode.FAILURE.number();
    } catch (DemoException e) {
      throw new CliException(ExitCode.FAILURE, "demo: " + Objects.requireNonNull(e.getMessage()));
    }
  }

  /** The demo has a {@code /run} of its own, which goes with it. */
  private static void refuseCovered(String option, Optional<Path> file) {
    if (file.isEmpty()) {
      return;
    }
    var absolute = file.get().toAbsolutePath().normalize();
    if (absolute.startsWith("/run") || absolute.startsWith("/proc")) {
      throw new CliException(
          ExitCode.USAGE, option + ": the demo cannot write " + absolute + "; name another place");
    }
    var folder = absolute.getParent();
    if (folder != null) {
      try {
        Files.createDirectories(folder);
      } catch (IOException _) {
        throw new CliException(
            ExitCode.USAGE, option + ": " + folder + " is no folder and cannot be made one");
      }
    }
  }

  private boolean run(Place place) throws DemoException, IOException {
    Files.createDirectories(place.folder());
    var patience = new Patience(Ticker.system());
    var shop = new Shop(place, patience);
    var findings = new Findings(!ignoreTimes);
    findings.tell("interception", place.interception().text());
    var closed = new CountDownLatch(1);
    stopOnSignal(shop, closed);
    try {
      var colours = System.getenv("ONDINE_DEMO_TERMINAL") != null;
      var stage = new Stage(shop, patience, findings);
      if (!headless) {
        new LiveView(stage, terminal.out(), colours).run();
        return true;
      }
      var done = new Headless(stage, terminal.out(), colours).run();
      if (json.isPresent()) {
        findings.write(json.get());
      }
      return done;
    } catch (InterruptedException _) {
      return false; // somebody wants to stop it
    } finally {
      close(shop);
      closed.countDown();
    }
  }

  private void close(Shop shop) throws IOException {
    var interrupted = Thread.interrupted();
    try {
      shop.close();
    } catch (InterruptedException _) {
      interrupted = true; // then the end of the place ends them
    }
    if (logs.isPresent()) {
      Logs.keep(shop.place().folder(), logs.get());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A signal ends the JVM once its hooks are through; ours waits for what runs here. */
  private static void stopOnSignal(Shop shop, CountDownLatch closed) {
    var runner = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("demo-stop")
                .unstarted(
                    () -> {
                      runner.interrupt();
                      shop.workloads().forEach(workload -> workload.askToStop());
                      try {
                        if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                          System.err.println("ondine demo: not all ended in order");
                        }
                      } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                      }
                    }));
  }
}
