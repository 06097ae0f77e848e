package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ondine ca log}: what was issued; the whole log is verified. */
@Command(
    name = "log",
    description = "Verify the log of all certificates issued, and show the last ones.")
final class CaLogCommand implements Runnable {
  private final Terminal terminal;
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  @Option(
      names = "--last",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many to show, at most 1000 (default: 50).")
  private int last;

  CaLogCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    output.print(terminal, admin.client().get("/v1/ca/log?last=" + last), this::print);
  }

  private void print(JsonNode answer) {
    var table = new Table("ENTRY", "AT", "IDENTITY", "PROOF", "UNTIL", "SERIAL");
    for (var entry : answer.path("entries")) {
      table.row(
          entry.path("sequence").asText(),
          entry.path("at").asText(),
          entry.path("identity").asText(),
          entry.path("attestor").asText(),
          entry.path("notAfter").asText(),
          entry.path("serial").asText());
    }
    table.print(terminal.out(), "nothing shown");
    terminal
        .out()
        .println(
            answer.path("verified").asLong()
                + " entries verified, the last is "
                + answer.path("head").asText());
  }
}
