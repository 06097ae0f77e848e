package dev.ondine.testkit.scenario;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** The command line of a scenario: {@code NAME [--json FILE] [--full] [--sabotage WHAT]}. */
record Options(String name, Optional<Path> json, boolean full, Optional<String> sabotage) {

  /** The command line cannot be understood; the message says why. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message);
    }
  }

  static Options parse(List<String> arguments) throws UsageException {
    var rest = new ArrayDeque<>(arguments);
    Optional<String> name = Optional.empty();
    Optional<Path> json = Optional.empty();
    Optional<String> sabotage = Optional.empty();
    var full = false;
    while (!rest.isEmpty()) {
      var argument = rest.remove();
      switch (argument) {
        case "--full" -> full = true;
        case "--json" -> json = Optional.of(Path.of(value(argument, rest)));
        case "--sabotage" -> sabotage = Optional.of(value(argument, rest));
        default -> {
          if (argument.startsWith("-")) {
            throw new UsageException(
                "unknown option " + argument + "; known: --json FILE, --full, --sabotage WHAT");
          }
          if (name.isPresent()) {
            throw new UsageException("one name at a time: " + name.get() + ", " + argument);
          }
          name = Optional.of(argument);
        }
      }
    }
    return new Options(
        name.orElseThrow(() -> new UsageException("no name given")), json, full, sabotage);
  }

  private static String value(String option, ArrayDeque<String> rest) throws UsageException {
    if (rest.isEmpty()) {
      throw new UsageException(option + " needs a value");
    }
    return rest.remove();
  }
}
