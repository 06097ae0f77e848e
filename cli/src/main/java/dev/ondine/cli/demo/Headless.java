package dev.ondine.cli.demo;

import static dev.ondine.cli.demo.Stage.format;

import dev.ondine.cli.CliException;
import dev.ondine.cli.demo.world.DemoException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Shows one step after the other, a line for each, and what it found. */
final class Headless {
  /** The whole demo, so that one waits for it rather than goes away. */
  private static final int LIMIT_SECONDS = 90;

  private final Stage stage;
  private final PrintWriter out;
  private final boolean colours;

  Headless(Stage stage, PrintWriter out, boolean colours) {
    this.stage = stage;
    this.out = out;
    this.colours = colours;
  }

  /** Shows all steps; returns whether all went well. */
  boolean run() throws InterruptedException {
    var began = stage.patience.nanos();
    var steps = new ArrayList<Step>();
    steps.addAll(new StartSteps(stage).steps());
    steps.addAll(new DiscoverySteps(stage, began, out).steps());
    steps.addAll(new BalanceSteps(stage).steps());
    steps.addAll(new FailureSteps(stage).steps());
    steps.addAll(new EndSteps(stage).steps());
    var failed = new ArrayList<String>();
    for (var step : steps) {
      if (!show(step)) {
        failed.add(step.title());
        if (step.needed()) {
          break;
        }
      }
    }
    stage.findings.tell("steps_failed", failed);
    var seconds = stage.patience.millisSince(began) / 1e3;
    stage.findings.atMost("duration_s", seconds, LIMIT_SECONDS);
    out.println();
    out.println(summary(steps.size(), failed, seconds));
    return failed.isEmpty() && stage.findings.missedFrom(0).isEmpty();
  }

  private boolean show(Step step) throws InterruptedException {
    var began = stage.patience.nanos();
    var bounds = stage.findings.bounds();
    String text;
    boolean done;
    try {
      text = step.act().show();
      var missed = stage.findings.missedFrom(bounds);
      done = missed.isEmpty();
      if (!done) {
        text += "\n            " + missed;
      }
    } catch (DemoException | IOException | CliException e) {
      text = e instanceof DemoException ? e.getMessage() : e.toString();
      done = false;
    }
    out.println(
        format(
            "%s %5.1f s  %-28s %s",
            mark(done), stage.patience.millisSince(began) / 1e3, step.title(), text));
    out.flush();
    return done;
  }

  private String mark(boolean done) {
    var mark = done ? "✓" : "✗";
    return colours ? (done ? "\033[32m" : "\033[31m") + mark + "\033[0m" : mark;
  }

  private String summary(int steps, List<String> failed, double seconds) {
    return failed.isEmpty()
        ? format("All %d steps done in %.0f s.", steps, seconds)
        : format(
            "%d of %d steps failed: %s (%.0f s)",
            failed.size(), steps, String.join(", ", failed), seconds);
  }
}
