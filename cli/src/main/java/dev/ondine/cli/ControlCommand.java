package dev.ondine.cli;

import dev.ondine.base.time.Ticker;
import dev.ondine.control.ControlPlane;
import dev.ondine.control.ControlSettings;
import dev.ondine.control.ControlStartException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ondine control}: runs the control plane until it is told to end. */
@Command(name = "control", description = "Run the control plane, until SIGTERM or Ctrl-C.")
final class ControlCommand implements Runnable {
  private final Terminal terminal;

  @Option(
      names = "--xds",
      paramLabel = "ADDRESS:PORT",
      split = ",",
      converter = ListenAddress.class,
      defaultValue = "127.0.0.1:15010",
      description =
          "Where sidecars connect; repeatable, 0.0.0.0 for everywhere (default:"
              + " 127.0.0.1:15010).")
  private List<InetSocketAddress> xds = List.of();

  @Option(
      names = "--admin",
      paramLabel = "ADDRESS:PORT",
      converter = ListenAddress.class,
      defaultValue = "127.0.0.1:15014",
      description = "Where the admin API listens (default: 127.0.0.1:15014).")
  private InetSocketAddress admin = new InetSocketAddress(0);

  @Option(
      names = "--store",
      paramLabel = "FILE",
      description =
          "The store; made when it is not there (default: $XDG_STATE_HOME/ondine/control.db, or"
              + " /var/lib/ondine/control.db as root).")
  private Optional<Path> store = Optional.empty();

  @Option(
      names = "--watch",
      paramLabel = "FOLDER",
      description = "A folder whose .yaml, .yml and .json files are followed.")
  private Optional<Path> watch = Optional.empty();

  @Mixin private IdentityOptions identity = new IdentityOptions();

  ControlCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var file = store.orElseGet(StorePlace::store);
    var open = new ControlSettings(xds, admin, file, watch);
    var settings = identity.settings(file).map(open::withIdentity).orElse(open);
    try {
      var control = ControlPlane.start(settings, InstantSource.system(), Ticker.system());
      terminal.out().println("ondine: control is ready: " + addresses(control));
      awaitEnd(control);
    } catch (ControlStartException e) {
      throw new CliException(ExitCode.FAILURE, Objects.requireNonNull(e.getMessage()));
    }
  }

  private static String addresses(ControlPlane control) {
    return control.xds().stream()
            .map(ControlPlane::text)
            .collect(Collectors.joining(", ", "xds ", ", "))
        + "admin http://"
        + ControlPlane.text(control.admin());
  }

  /** Waits for a signal, which ends the process: with 0, because that is how it is to end. */
  private static void awaitEnd(ControlPlane control) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("control-stop")
                .unstarted(
                    () -> {
                      control.close();
                      Runtime.getRuntime().halt(ExitCode.OK.number());
                    }));
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
