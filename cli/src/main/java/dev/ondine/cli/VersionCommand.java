package dev.ondine.cli;

import dev.ondine.base.config.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ondine version}: which build this is, and what it runs on. */
@Command(name = "version", description = "Print the version of Ondine and of its Java runtime.")
final class VersionCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine()
        .getOut()
        .printf(
            "ondine %s (java %s, %s %s)%n",
            Version.current(),
            Runtime.version(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
  }
}
