package dev.ondine.cli.demo;

import dev.ondine.cli.CliException;
import dev.ondine.cli.ExitCode;
import dev.ondine.cli.Terminal;
import dev.ondine.cli.demo.load.LoadProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ondine demo-customer}: the demo's customer, which the demo starts. */
@Command(
    name = "demo-customer",
    hidden = true,
    description = "The demo's customer: sends requests as its input says.")
public final class CustomerCommand implements Runnable {
  private final Terminal terminal;

  @Option(names = "--log", required = true, paramLabel = "FILE", description = "Its own log.")
  private Path log = Path.of("");

  /** Made by the list of commands. */
  public CustomerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try {
      LoadProgram.run(terminal.in(), terminal.out(), log, Optional.empty());
    } catch (IOException e) {
      throw new CliException(ExitCode.FAILURE, "demo-customer: " + e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
