package dev.ondine.testkit.scenario;

import dev.ondine.base.report.Report;
import dev.ondine.testkit.scenario.Options.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A list of scenarios, to be run by name from a command line. */
public final class Scenarios {
  /** Exit code: every check passed; or, of measurements, the figures were found. */
  public static final int DONE = 0;

  /** Exit code: a check failed. */
  public static final int UNMET = 1;

  /** Exit code: the command line cannot be understood. */
  public static final int USAGE = 2;

  /** Exit code: the scenario did not come to its figures. */
  public static final int BROKEN = 3;

  /** How long a scenario may take by default, on two cores. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final Duration FULL_LIMIT = Duration.ofHours(12);

  /** How long an interrupted scenario may clean up. */
  private static final Duration CLEAN_UP = Duration.ofSeconds(20);

  private final String verb;
  private final boolean failsWhenUnmet;
  private final List<Scenario> all;

  private Scenarios(String verb, boolean failsWhenUnmet, List<Scenario> all) {
    this.verb = verb;
    this.failsWhenUnmet = failsWhenUnmet;
    this.all = List.copyOf(all);
  }

  /** System tests: a missed bound is a failure. */
  public static Scenarios tests(String verb, List<Scenario> all) {
    return new Scenarios(verb, true, all);
  }

  /** Measurements: a missed bound is reported. */
  public static Scenarios measurements(String verb, List<Scenario> all) {
    return new Scenarios(verb, false, all);
  }

  /**
   * Runs what the arguments name and returns the exit code.
   *
   * @param home the distribution's folder
   * @param work where each scenario gets a folder of its own
   */
  public int run(List<String> arguments, Path home, Path work, PrintStream out) {
    try {
      var options = Options.parse(arguments);
      var scenario = find(options);
      var obstacle = scenario.obstacle();
      if (obstacle.isPresent()) {
        out.println(scenario.name() + " cannot run here: " + obstacle.get());
        return BROKEN;
      }
      var report = new Report();
      var folder = emptied(work.resolve(scenario.name()));
      var run = new Run(report, options.full(), options.sabotage(), home, folder, out);
      var failure = runLimited(scenario, run, options.full() ? FULL_LIMIT : LIMIT);
      report.print(out);
      if (options.json().isPresent()) {
        ReportFile.write(report, options.json().get());
      }
      if (failure.isPresent()) {
        out.println(scenario.name() + " did not come to its end; its files are in " + folder);
        failure.get().printStackTrace(out);
        return BROKEN;
      }
      return failsWhenUnmet && !report.allMet() ? UNMET : DONE;
    } catch (UsageException e) {
      out.println(e.getMessage());
      out.print(list());
      return USAGE;
    } catch (IOException e) {
      out.println("cannot write: " + e);
      return BROKEN;
    }
  }

  private Scenario find(Options options) throws UsageException {
    var scenario =
        all.stream()
            .filter(candidate -> candidate.name().equals(options.name()))
            .findFirst()
            .orElseThrow(() -> new UsageException("unknown name: " + options.name()));
    if (options.sabotage().isPresent()
        && !scenario.sabotages().contains(options.sabotage().get())) {
      throw new UsageException(
          "unknown sabotage: "
              + options.sabotage().get()
              + "; "
              + scenario.name()
              + " has "
              + scenario.sabotages());
    }
    return scenario;
  }

  private String list() {
    var text = new StringBuilder("usage: ./ondine " + verb + " NAME [--json FILE] [--full]");
    if (failsWhenUnmet) {
      text.append(" [--sabotage WHAT]");
    }
    text.append("\nnames:\n");
    for (var scenario : all) {
      text.append("  ").append(scenario.name()).append(": ").append(scenario.summary());
      if (!scenario.sabotages().isEmpty()) {
        text.append(" (sabotages: ").append(String.join(", ", scenario.sabotages())).append(')');
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** What went wrong, if anything; a scenario that outlives its time is interrupted. */
  private static Optional<Throwable> runLimited(Scenario scenario, Run run, Duration limit) {
    var failure = new AtomicReference<@Nullable Throwable>();
    var thread =
        Thread.ofPlatform()
            .name(scenario.name())
            .daemon()
            .start(
                () -> {
                  try {
                    scenario.run(run);
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });
    try {
      if (!thread.join(limit)) {
        thread.interrupt();
        var cleanedUp = thread.join(CLEAN_UP);
        return Optional.of(
            new IllegalStateException(
                "not done within " + limit + (cleanedUp ? "" : ", and did not clean up")));
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      return Optional.of(e);
    }
    return Optional.ofNullable(failure.get());
  }

  private static Path emptied(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(Scenarios::delete);
      }
    }
    return Files.createDirectories(folder);
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
