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
      var end = show(step);
      if (end != End.WELL) {
        failed.add(step.title());
      }
      if (end == End.BROKEN && step.needed()) {
        break;
      }
    }
    stage.findings.tell("steps_failed", failed);
    var seconds = stage.patience.millisSince(began) / 1e3;
    stage.findings.within("duration_s", seconds, LIMIT_SECONDS);
    out.println();
    out.println(summary(steps.size(), failed, seconds));
    return failed.isEmpty() && stage.findings.missedFrom(0).isEmpty();
  }

  /** How a step ended. */
  private enum End {
    WELL,
    /** It came to its figures, but one of them is bad. */
    MISSED,
    /** It did not come to its end. */
    BROKEN
  }

  private End show(Step step) throws InterruptedException {
    var began = stage.patience.nanos();
    var bounds = stage.findings.bounds();
    String text;
    End end;
    try {
      text = step.act().show();
      var missed = stage.findings.missedFrom(bounds);
      end = missed.isEmpty() ? End.WELL : End.MISSED;
      if (!missed.isEmpty()) {
        text += "\n            " + missed;
      }
    } catch (DemoException | IOException | CliException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("stopped"); // the processes were ended, hence the failure
      }
      text = e instanceof DemoException ? String.valueOf(e.getMessage()) : e.toString();
      end = End.BROKEN;
    }
    out.println(
        format(
            "%s %5.1f s  %-28s %s",
            mark(end == End.WELL), stage.patience.millisSince(began) / 1e3, step.title(), text));
    out.flush();
    return end;
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
