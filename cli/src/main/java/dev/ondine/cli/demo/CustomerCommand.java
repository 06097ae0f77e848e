package dev.ondine.cli.demo;

import dev.ondine.cli.CliException;
import dev.ondine.cli.ExitCode;
import dev.ondine.cli.Terminal;
import dev.ondine.cli.demo.load.LoadProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

  /** As other programs have it: {@code http://HOST:PORT}. */
  private static Optional<InetSocketAddress> proxy(@Nullable String text) {
    return Optional.ofNullable(text)
        .map(URI::create)
        .map(proxy -> new InetSocketAddress(proxy.getHost(), proxy.getPort()));
  }

  @Override
  public void run() {
    try {
      LoadProgram.run(terminal.in(), terminal.out(), log, proxy(System.getenv("http_proxy")));
    } catch (IOException e) {
      throw new CliException(ExitCode.FAILURE, "demo-customer: " + e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
