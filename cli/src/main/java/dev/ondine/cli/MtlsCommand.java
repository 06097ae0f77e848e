package dev.ondine.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ondine mtls}: who still calls in the clear, and the change to strict. */
@Command(
    name = "mtls",
    description = "Who calls in the clear, and whether callers must prove who they are.",
    synopsisSubcommandLabel = "COMMAND")
final class MtlsCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private MtlsCommand() {}

  /** The command with those below it. */
  static CommandLine of(Terminal terminal) {
    return new CommandLine(new MtlsCommand())
        .addSubcommand(new MtlsStatusCommand(terminal))
        .addSubcommand(new MtlsStrictCommand(terminal))
        .addSubcommand(new MtlsPermissiveCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
