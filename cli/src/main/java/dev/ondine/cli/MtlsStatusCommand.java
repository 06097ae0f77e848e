package dev.ondine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ondine mtls status}: who calls each service, and how. */
@Command(
    name = "status",
    description = "Show who calls each service in the clear, and whether strict is safe.")
final class MtlsStatusCommand implements Runnable {
  private final Terminal terminal;
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private NamespaceOption namespace = new NamespaceOption();
  @Mixin private OutputOptions output = new OutputOptions();

  @Option(
      names = "--window",
      paramLabel = "DURATION",
      converter = DurationArgument.class,
      description = "Callers in the clear count that were seen in it (default: 10m).")
  private Optional<Duration> window = Optional.empty();

  MtlsStatusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var query =
        Stream.concat(
                namespace
                    .given()
                    .map(name -> "namespace=" + URLEncoder.encode(name, UTF_8))
                    .stream(),
                window.map(length -> "window=" + MtlsWish.text(length)).stream())
            .collect(Collectors.joining("&"));
    var path = query.isEmpty() ? "/v1/mtls" : "/v1/mtls?" + query;
    output.print(
        terminal, admin.client().get(path), answer -> MtlsTables.print(answer, terminal.out()));
  }
}
