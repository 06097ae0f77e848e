package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ondine ca rotate-root}: brings a new root in, step by step. */
@Command(
    name = "rotate-root",
    description = {
      "Bring a new root in, in three steps:",
      "start: it is trusted beside the old one; advance: it issues; advance: the old one goes."
    })
final class CaRotateRootCommand implements Runnable {
  /** What to do. */
  enum Step {
    START,
    ADVANCE,
    STATUS
  }

  private final Terminal terminal;
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  @Parameters(index = "0", paramLabel = "start|advance|status")
  private Step step = Step.STATUS;

  @Option(
      names = "--force",
      description = "Do not wait for sidecars that are not ready: their connections break.")
  private boolean force;

  CaRotateRootCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var path = "/v1/ca/rotation";
    var answer =
        switch (step) {
          case STATUS -> admin.client().get(path);
          case START, ADVANCE ->
              admin
                  .client()
                  .post(
                      path,
                      Trees.object()
                          .put("step", step.name().toLowerCase(Locale.ROOT))
                          .put("force", force)
                          .toString());
        };
    output.print(terminal, answer, this::print);
  }

  private void print(JsonNode answer) {
    var out = terminal.out();
    out.println(
        "phase " + answer.path("phase").asText() + ", bundle " + answer.path("sequence").asLong());
    answer.path("roots").forEach(root -> out.println("trusted: " + root.asText()));
    answer.path("waitingFor").forEach(one -> out.println("waits for: " + one.asText()));
  }
}
