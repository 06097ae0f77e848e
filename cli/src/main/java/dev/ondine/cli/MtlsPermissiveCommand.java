package dev.ondine.cli;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ondine mtls permissive}: others come in, too, and are counted. */
@Command(name = "permissive", description = "Let callers in the clear in, too, and count them.")
final class MtlsPermissiveCommand implements Runnable {
  private final Terminal terminal;
  @Mixin private MtlsWish wish = new MtlsWish();

  MtlsPermissiveCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    wish.ask(terminal, "permissive", Optional.empty(), false);
  }
}
