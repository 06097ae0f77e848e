package dev.ondine.cli;

import dev.ondine.base.config.Version;
import picocli.CommandLine.Command;

/** {@code ondine version}: which build this is, and what it runs on. */
@Command(name = "version", description = "Print the version of Ondine and of its Java runtime.")
final class VersionCommand implements Runnable {
  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    terminal
        .out()
        .printf(
            "ondine %s (java %s, %s %s)%n",
            Version.current(),
            Runtime.version(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
  }
}
