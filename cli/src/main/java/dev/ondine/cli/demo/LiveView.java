package dev.ondine.cli.demo;

import static dev.ondine.cli.demo.Stage.format;

import dev.ondine.cli.demo.world.DemoException;
import dev.ondine.cli.demo.world.ShopService;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** The shop under a light load, until somebody stops it: who discovered what, second by second. */
final class LiveView {
  private static final Duration FRAME = Duration.ofSeconds(1);
  private static final int RATE = 20;

  private static final String HOME = "\033[H";
  private static final String END_OF_LINE = "\033[K\n";
  private static final String REST_OF_SCREEN = "\033[J";
  private static final String CLEAR = "\033[2J\033[?25l";
  private static final String SHOW_CURSOR = "\033[?25h";

  private final Stage stage;
  private final PrintWriter out;
  private final boolean terminal;
  private final Set<String> told = new HashSet<>();

  LiveView(Stage stage, PrintWriter out, boolean terminal) {
    this.stage = stage;
    this.out = out;
    this.terminal = terminal;
  }

  /** Starts everything and goes on until the thread is interrupted. */
  void run() throws DemoException, IOException, InterruptedException {
    var began = stage.patience.nanos();
    var starting = new StartSteps(stage);
    say("control: " + starting.control());
    for (var service : ShopService.ALL) {
      var workload = stage.startReady(service.name(), 0);
      say(format("%-10s %-24s %s", workload.name(), service.what(), workload.address()));
    }
    stage.startCustomer();
    say("customer: " + RATE + " requests a second to http://web/shop; Ctrl-C ends it all");
    stage.startLoad("live", RATE);
    var table = new DiscoveryTable(began);
    out.print(terminal ? CLEAR : "");
    try {
      while (true) {
        var load = stage.currentLoad();
        if (Thread.interrupted()) {
          throw new InterruptedException(); // the last frame shall show it as it was
        }
        if (terminal) {
          frame(table, load, (stage.patience.nanos() - began) / 1e9);
        } else {
          news();
        }
        stage.patience.pause(FRAME);
      }
    } finally {
      out.print(terminal ? SHOW_CURSOR + "\n" : "");
      out.flush();
    }
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }

  private void frame(DiscoveryTable table, Stage.Load load, double seconds) {
    var text = new StringWriter();
    var page = new PrintWriter(text);
    page.println(
        format(
            "Ondine demo (%s), %.0f s: %d requests, %d failed, p50 %.1f ms, p99 %.1f ms",
            stage.shop.place().interception().text(),
            seconds,
            load.requests(),
            load.failed(),
            load.p50(),
            load.p99()));
    load.failures().stream().limit(3).forEach(failure -> page.println("  " + failure));
    page.println();
    table.print(stage.shop.workloads(), stage.addresses, stage.patience.nanos(), page);
    page.println();
    page.println("Ctrl-C ends it; nothing of it will be left.");
    page.flush();
    out.print(HOME + text.toString().replace("\n", END_OF_LINE) + REST_OF_SCREEN);
    out.flush();
  }

  /** Without a terminal: a line for each name that is new. */
  private void news() {
    for (var workload : stage.shop.workloads()) {
      try {
        for (var name : stage.discovered(workload)) {
          if (name.isServing() && told.add(name.sidecar() + " " + name.name())) {
            say(
                format(
                    "%s discovered %s, waited %.1f ms",
                    name.sidecar(), name.shortName(), name.waitedMillis()));
          }
        }
      } catch (IOException _) {
        // it has ended
      }
    }
  }
}
