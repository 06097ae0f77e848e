package dev.ondine.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ondine token}: what lets a workload of another host in. */
@Command(
    name = "token",
    description = "Join tokens, by which workloads of other hosts get their first certificate.",
    synopsisSubcommandLabel = "COMMAND")
final class TokenCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private TokenCommand() {}

  /** The command with those below it. */
  static CommandLine of(Terminal terminal) {
    return new CommandLine(new TokenCommand()).addSubcommand(new TokenCreateCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
