package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ondine ca show}: what the authority is. */
@Command(
    name = "show",
    description = "Show roots, intermediate and bundle hash: of a running control, or of a folder.")
final class CaShowCommand implements Runnable {
  private final Terminal terminal;
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private CaFolderOption folder = new CaFolderOption();

  CaShowCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    if (folder.given().isPresent()) {
      CaFolderOption.explained(
          () -> {
            var open = folder.open();
            var summary = CaFolderOption.setup().summary(open);
            CaFolderOption.print(open, summary, terminal.out());
            return summary;
          });
      return;
    }
    output.print(terminal, admin.client().get("/v1/ca"), this::print);
  }

  private void print(JsonNode answer) {
    var out = terminal.out();
    out.println("trust domain " + answer.path("trustDomain").asText());
    out.println("keys in      " + answer.path("folder").asText());
    out.println(
        "bundle       "
            + answer.path("bundle").asText()
            + ", sequence "
            + answer.path("sequence").asLong());
    var table = new Table("CERTIFICATE", "UNTIL", "FINGERPRINT");
    for (var root : answer.path("roots")) {
      row(table, root.path("issuing").asBoolean() ? "root, issuing" : "root", root);
    }
    row(table, "intermediate", answer.path("intermediate"));
    row(table, "control's own", answer.path("control"));
    table.print(out, "no certificates");
    answer.path("alarms").forEach(alarm -> out.println("ALARM: " + alarm.asText()));
  }

  private static void row(Table table, String what, JsonNode certificate) {
    if (!certificate.isMissingNode()) {
      table.row(
          what, certificate.path("notAfter").asText(), certificate.path("fingerprint").asText());
    }
  }
}
