package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** How a command prints what it found: the same option everywhere. */
final class OutputOptions {
  /** The forms. */
  enum Format {
    /** For people. */
    TABLE,
    /** For programs: one document of stable fields. */
    JSON,
    YAML
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json|yaml",
      defaultValue = "table",
      description = "Form of the output (default: table).")
  private Format format = Format.TABLE;

  Format format() {
    return format;
  }

  /** Prints what control answered: as it is for programs, by the given printer for people. */
  void print(Terminal terminal, JsonNode answer, Consumer<JsonNode> forPeople) {
    switch (format) {
      case TABLE -> forPeople.accept(answer);
      case JSON -> terminal.out().println(Trees.json(answer));
      case YAML -> terminal.out().print(Trees.yaml(answer));
    }
    terminal.out().flush();
  }
}
