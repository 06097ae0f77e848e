package dev.ondine.cli;

import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ondine token create}: makes a join token. */
@Command(
    name = "create",
    description = "Make a token that gets one workload one certificate, once, within minutes.")
final class TokenCreateCommand implements Runnable {
  private final Terminal terminal;
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private NamespaceOption namespace = new NamespaceOption();

  @Option(
      names = "--service-account",
      paramLabel = "NAME",
      required = true,
      description = "Whom it lets in.")
  private String serviceAccount = "";

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      converter = DurationArgument.class,
      description = "How long it can be used (default: 10m).")
  private Optional<Duration> ttl = Optional.empty();

  TokenCreateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var body =
        Trees.object()
            .put("namespace", namespace.orDefault())
            .put("serviceAccount", serviceAccount);
    ttl.ifPresent(life -> body.put("ttlSeconds", life.toSeconds()));
    var answer = admin.client().post("/v1/tokens", body.toString());
    // Alone on standard output: it is meant for a variable or a file.
    output.print(
        terminal,
        answer,
        made -> {
          terminal.out().println(made.path("token").asText());
          terminal
              .err()
              .println(
                  "lets "
                      + made.path("identity").asText()
                      + " in once, until "
                      + made.path("expires").asText());
        });
  }
}
