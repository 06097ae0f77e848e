package dev.ondine.cli;

import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ondine mtls strict}: whoever does not prove who it is does not come in any more. */
@Command(
    name = "strict",
    description = {
      "Let nobody in who does not prove who it is.",
      "Refused, with the reasons, while somebody was seen who would be kept out."
    })
final class MtlsStrictCommand implements Runnable {
  private final Terminal terminal;
  @Mixin private MtlsWish wish = new MtlsWish();

  @Option(
      names = "--window",
      paramLabel = "DURATION",
      converter = DurationArgument.class,
      description = "Callers in the clear count that were seen in it (default: 10m).")
  private Optional<Duration> window = Optional.empty();

  @Option(names = "--force", description = "Do it all the same: who is not ready is kept out.")
  private boolean force;

  MtlsStrictCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    wish.ask(terminal, "strict", window, force);
  }
}
