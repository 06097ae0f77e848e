package dev.ondine.testkit.scenario;

import dev.ondine.base.report.Report;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One run of a scenario.
 *
 * @param report where its figures go
 * @param full the stated lengths and repetitions instead of at most five minutes
 * @param sabotage what to break on purpose, one of the scenario's sabotages
 * @param home the distribution's folder; {@code bin/ondine} lies in it
 * @param work an empty folder for logs and data, kept after the run
 * @param out where to tell the user what goes on
 */
public record Run(
    Report report, boolean full, Optional<String> sabotage, Path home, Path work, PrintStream out) {

  /** Whether this is to be broken on purpose. */
  public boolean sabotaged(String what) {
    return sabotage.filter(what::equals).isPresent();
  }
}
