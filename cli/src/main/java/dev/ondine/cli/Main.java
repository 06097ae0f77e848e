package dev.ondine.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code ondine} command: every verb but the sidecar's, which has a main of its own. */
@Command(
    name = "ondine",
    description = "A service mesh in which a sidecar discovers services on demand.",
    subcommands = {VersionCommand.class},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  private Main() {}

  /** Runs one command and ends with its exit code: 0 success, 1 failure, 2 wrong usage. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
