package dev.ondine.cli;

import java.net.URI;
import picocli.CommandLine.Option;

/** Where the control plane's admin API is: the same option on every command that talks to it. */
final class AdminOptions {
  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:ONDINE_SERVER:-127.0.0.1:15014}",
      description = "Admin address of control (default: $ONDINE_SERVER, else 127.0.0.1:15014).")
  private String server = "";

  AdminClient client() {
    if (!server.matches("(\\[[0-9a-fA-F:.]+]|[^:/\\s]+):[0-9]{1,5}")) {
      throw new CliException(
          ExitCode.USAGE,
          "--server: '" + server + "' is no address (allowed: HOST:PORT, such as 127.0.0.1:15014)");
    }
    return new AdminClient(URI.create("http://" + server));
  }
}
