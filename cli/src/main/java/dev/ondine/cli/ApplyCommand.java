package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ondine apply}: creates or changes documents, all or none. */
@Command(
    name = "apply",
    description = "Create or change documents: all of them, or none when one is wrong.")
final class ApplyCommand implements Runnable {
  /** Several files in one request, which control applies as one. */
  private static final String FILES = "application/vnd.ondine.files+json";

  private final Terminal terminal;
  @Mixin private DocumentFiles files = new DocumentFiles();
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  @Option(names = "--dry-run", description = "Only say what would change.")
  private boolean dryRun;

  ApplyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = JsonNodeFactory.instance.objectNode();
    var texts = request.putArray("files");
    files
        .read(terminal)
        .forEach(file -> texts.addObject().put("source", file.source()).put("text", file.text()));
    var path = dryRun ? "/v1/documents?dryRun=true" : "/v1/documents";
    output.print(terminal, admin.client().put(path, FILES, request.toString()), this::lines);
  }

  private void lines(JsonNode answer) {
    answer
        .path("warnings")
        .forEach(warning -> terminal.err().println("warning: " + Table.text(warning.asText())));
    var suffix = dryRun ? " (dry run)" : "";
    for (var document : answer.path("documents")) {
      terminal
          .out()
          .println(document.path("key").asText() + " " + document.path("change").asText() + suffix);
    }
  }
}
