package dev.ondine.it.fuzz;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
      usage: ./ondine fuzz [NAME...] [--seconds N]
        NAME       a target below; none: all of them, and the planted fault
        --seconds  of fuzzing in all, 60 by default; at least 2 for each target
      targets:\
      """;
  private static final int SECONDS = 60;
  private static final int LEAST_SECONDS = 2;
  private static final int PLANTED_SECONDS = 60;

  private Main() {}

  /** Ends with an exit code. */
  public static void main(String[] args) throws IOException, InterruptedException {
    var arguments = new ArrayList<>(List.of(args));
    var seconds = SECONDS;
    var flag = arguments.indexOf("--seconds");
    if (flag >= 0) {
      var value = flag + 1 < arguments.size() ? arguments.get(flag + 1) : "";
      if (!value.matches("[1-9][0-9]{0,5}")) {
        usage("--seconds '" + value + "' is not a number from 1 to 999999");
      }
      seconds = Integer.parseInt(value);
      arguments.subList(flag, flag + 2).clear();
    }
    var targets = FuzzTargets.all();
    if (!arguments.isEmpty()) {
      var known = targets.stream().map(FuzzTarget::name).toList();
      arguments.stream()
          .filter(name -> !known.contains(name))
          .findFirst()
          .ifPresent(name -> usage("'" + name + "' is no target"));
      targets = targets.stream().filter(target -> arguments.contains(target.name())).toList();
    }
    System.exit(run(targets, seconds, arguments.isEmpty(), System.out) ? 0 : 1);
  }

  private static void usage(String fault) {
    System.err.println("ondine fuzz: " + fault);
    System.err.println(USAGE);
    FuzzTargets.all().forEach(target -> System.err.println("  " + target.name()));
    System.exit(2);
  }

  private static boolean run(
      List<FuzzTarget> targets, int seconds, boolean planted, PrintStream out)
      throws IOException, InterruptedException {
    var repository = Path.of(System.getProperty("ondine.repository", "."));
    var each = Math.max(LEAST_SECONDS, seconds / targets.size());
    row(out, "target", "seconds", "runs", "corpus", "grew by", "coverage", "");
    var clean = true;
    for (var target : targets) {
      var search = Search.of(repository, target.name());
      var result = search.run(each);
      clean &= !result.found() && result.executions() > 0;
      row(out, target.name(), each, result, result.found() ? "FOUND " + search.log() : "nothing");
      if (result.found()) {
        result.excerpt().forEach(line -> out.println("    " + line));
      }
    }
    if (planted) {
      var search = PlantedFault.search(repository);
      var result = search.run(PLANTED_SECONDS);
      clean &= PlantedFault.isIn(result);
      row(
          out,
          "planted fault",
          (int) result.took().toSeconds(),
          result,
          PlantedFault.isIn(result) ? "found, as it must be" : "NOT FOUND, see " + search.log());
    }
    return clean;
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
