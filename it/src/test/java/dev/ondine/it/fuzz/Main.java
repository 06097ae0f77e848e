package dev.ondine.it.fuzz;

import dev.ondine.base.report.Report;
import dev.ondine.testkit.scenario.ReportFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Runs the fuzz targets one after the other and, when none is named, shows last of all that the
 * search finds something: it runs against a codec into which a fault was planted. {@code ./ondine
 * fuzz} starts it.
 *
 * <p>Exit codes: 0; 1 when an input broke a property, or the planted fault was not found; 2 when
 * the arguments cannot be understood.
 */
public final class Main {
  private static final String USAGE =
      """
      usage: ./ondine fuzz [NAME...] [--seconds N] [--json FILE]
        NAME       a target below; none: all of them, and the planted fault
        --seconds  of fuzzing in all, 60 by default; at least 2 for each target
        --json     where to write the figures, too
      targets:\
      """;
  private static final int SECONDS = 60;
  private static final int LEAST_SECONDS = 2;
  private static final int PLANTED_SECONDS = 60;

  private Main() {}

  /** Ends with an exit code. */
  public static void main(String[] args) throws IOException, InterruptedException {
    var arguments = new ArrayList<>(List.of(args));
    var value = taken(arguments, "--seconds");
    if (!value.orElse("1").matches("[1-9][0-9]{0,5}")) {
      usage("--seconds '" + value.get() + "' is not a number from 1 to 999999");
    }
    var seconds = value.map(Integer::parseInt).orElse(SECONDS);
    var json = taken(arguments, "--json");
    json.filter(String::isEmpty).ifPresent(_ -> usage("--json needs a file"));
    var targets = FuzzTargets.all();
    if (!arguments.isEmpty()) {
      var known = targets.stream().map(FuzzTarget::name).toList();
      arguments.stream()
          .filter(name -> !known.contains(name))
          .findFirst()
          .ifPresent(name -> usage("'" + name + "' is no target"));
      targets = targets.stream().filter(target -> arguments.contains(target.name())).toList();
    }
    var report = run(targets, seconds, arguments.isEmpty(), System.out);
    if (json.isPresent()) {
      ReportFile.write(report, Path.of(json.get()));
    }
    System.exit(report.allMet() ? 0 : 1);
  }

  /** The value behind a flag, which goes away with it; an empty one where nothing follows. */
  private static Optional<String> taken(List<String> arguments, String flag) {
    var at = arguments.indexOf(flag);
    if (at < 0) {
      return Optional.empty();
    }
    var all = arguments.subList(at, Math.min(at + 2, arguments.size()));
    var value = all.size() == 2 ? all.getLast() : "";
    all.clear();
    return Optional.of(value);
  }

  private static void usage(String fault) {
    System.err.println("ondine fuzz: " + fault);
    System.err.println(USAGE);
    FuzzTargets.all().forEach(target -> System.err.println("  " + target.name()));
    System.exit(2);
  }

  private static Report run(List<FuzzTarget> targets, int seconds, boolean planted, PrintStream out)
      throws IOException, InterruptedException {
    var repository = Path.of(System.getProperty("ondine.repository", "."));
    var each = Math.max(LEAST_SECONDS, seconds / targets.size());
    row(out, "target", "seconds", "runs", "corpus", "grew by", "coverage", "");
    var report = new Report();
    for (var target : targets) {
      var search = Search.of(repository, target.name());
      var result = search.run(each);
      report.atLeast(target.name() + "_executions", (double) result.executions(), 1);
      report.tell(target.name() + "_corpus", result.corpus());
      report.tell(target.name() + "_corpus_growth", result.corpus() - result.corpusBefore());
      report.tell(target.name() + "_coverage", result.coverage());
      report.exactly(target.name() + "_found", result.found(), false);
      row(out, target.name(), each, result, result.found() ? "FOUND " + search.log() : "nothing");
      if (result.found()) {
        result.excerpt().forEach(line -> out.println("    " + line));
      }
    }
    if (planted) {
      var search = PlantedFault.search(repository);
      var result = search.run(PLANTED_SECONDS);
      report.check("planted_fault_found", PlantedFault.isIn(result));
      report.atMost("planted_fault_seconds", (double) result.took().toSeconds(), PLANTED_SECONDS);
      row(
          out,
          "planted fault",
          (int) result.took().toSeconds(),
          result,
          PlantedFault.isIn(result) ? "found, as it must be" : "NOT FOUND, see " + search.log());
    }
    return report;
  }

  private static void row(
      PrintStream out, String name, int seconds, Search.Result result, String verdict) {
    row(
        out,
        name,
        seconds,
        result.executions(),
        result.corpus(),
        result.corpus() - result.corpusBefore(),
        result.coverage(),
        verdict);
  }

  private static void row(PrintStream out, Object... cells) {
    out.printf(Locale.ROOT, "%-16s %9s %9s %9s %9s %9s  %s%n", cells);
  }
}
