package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ondine.base.config.Durations;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is to be strict or permissive: the same options for both. */
final class MtlsWish {
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      required = true,
      description = "Of which namespace.")
  private String namespace = "";

  @Option(
      names = "--service",
      paramLabel = "SERVICE",
      description = "Only this service; else all that have no MeshIdentity of their own.")
  private Optional<String> service = Optional.empty();

  static String text(Duration window) {
    return Durations.format(window);
  }

  /** Asks control for it, and prints what came of it. */
  void ask(Terminal terminal, String mtls, Optional<Duration> window, boolean force) {
    var body = Trees.object().put("namespace", namespace).put("mtls", mtls).put("force", force);
    service.ifPresent(name -> body.put("service", name));
    window.ifPresent(length -> body.put("window", text(length)));
    output.print(
        terminal,
        admin.client().post("/v1/mtls", body.toString()),
        answer -> print(terminal, answer));
  }

  private static void print(Terminal terminal, JsonNode answer) {
    var out = terminal.out();
    answer
        .path("overridden")
        .forEach(reason -> out.println("forced, although: " + Table.text(reason.asText())));
    out.println(answer.path("document").asText() + " " + answer.path("change").asText());
    MtlsTables.print(answer, out);
  }
}
