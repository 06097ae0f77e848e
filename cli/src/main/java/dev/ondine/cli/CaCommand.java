package dev.ondine.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ondine ca}: the mesh's authority. */
@Command(
    name = "ca",
    description = "The mesh's authority: its keys, what it issued, its root.",
    synopsisSubcommandLabel = "COMMAND")
final class CaCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private CaCommand() {}

  /** The command with those below it. */
  static CommandLine of(Terminal terminal) {
    return new CommandLine(new CaCommand())
        .addSubcommand(new CaShowCommand(terminal))
        .addSubcommand(new CaLogCommand(terminal))
        .addSubcommand(new CaInitCommand(terminal))
        .addSubcommand(new CaSignIntermediateCommand(terminal))
        .addSubcommand(new CaImportCommand(terminal))
        .addSubcommand(new CaRotateRootCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
