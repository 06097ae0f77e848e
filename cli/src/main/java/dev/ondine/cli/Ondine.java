package dev.ondine.cli;

import dev.ondine.base.config.Version;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code ondine} command: every verb but the sidecar's, which has a main of its own. */
@Command(
    name = "ondine",
    description = "A service mesh in which a sidecar discovers services on demand.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "%nProgrammes of their own, each with a --help:",
      "  run       Run a command as a workload of the mesh, with a sidecar beside it.",
      "  proxy     The sidecar alone; `run` starts it."
    },
    exitCodeListHeading = "%nExit codes:%n")
public final class Ondine implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("unused") // read by picocli
  private boolean help;

  @Option(names = "--version", versionHelp = true, description = "Print the version.")
  @SuppressWarnings("unused") // read by picocli
  private boolean version;

  private Ondine() {}

  /** Runs one command and ends with its {@link ExitCode}. */
  public static void main(String[] args) {
    System.exit(run(Terminal.system(), args));
  }

  /** Runs one command; returns its exit code. */
  static int run(Terminal terminal, String... args) {
    var line = new CommandLine(new Ondine());
    Commands.standard(terminal).forEach(line::addSubcommand);
    line.getCommandSpec().version("ondine " + Version.current());
    line.getCommandSpec().usageMessage().exitCodeList(exitCodes());
    return line.setOut(terminal.out())
        .setErr(terminal.err())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((failure, _, _) -> explain(terminal, failure))
        .execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int explain(Terminal terminal, Exception failure) throws Exception {
    if (failure instanceof CliException expected) {
      terminal.err().println(expected.text());
      return expected.exitCode().number();
    }
    throw failure; // a defect of ours: picocli prints the trace and exits with 1
  }

  private static Map<String, String> exitCodes() {
    var codes = new LinkedHashMap<String, String>();
    Arrays.stream(ExitCode.values())
        .forEach(code -> codes.put(String.valueOf(code.number()), code.meaning()));
    return codes;
  }
}
