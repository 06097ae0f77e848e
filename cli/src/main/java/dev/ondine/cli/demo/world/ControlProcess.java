package dev.ondine.cli.demo.world;

import dev.ondine.cli.AdminClient;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The control plane, as a process of its own with its store in a file. */
public final class ControlProcess {
  private static final Duration START = Duration.ofSeconds(15);

  private final Place place;
  private final Patience patience;
  private final Path folder;
  private final String xds;
  private final URI api;
  private @Nullable Process process;

  ControlProcess(Place place, Network network, Patience patience) {
    this.place = place;
    this.patience = patience;
    this.folder = place.folder().resolve("control");
    this.xds = network.xds();
    this.api = URI.create("http://" + network.admin());
  }

  /** Its admin API. */
  public AdminClient api() {
    return new AdminClient(api);
  }

  /** Starts it, with whatever is in its store; returns when it is ready. */
  public Duration start() throws DemoException, IOException, InterruptedException {
    var began = patience.nanos();
    var command = new ArrayList<>(place.lasting());
    command.addAll(List.of("control", "--xds=" + xds, "--admin=" + api.getAuthority()));
    command.add("--store=" + folder.resolve("store.db"));
    var started = Programs.start(command, folder, Map.of());
    process = started;
    patience.until(
        START,
        Duration.ofMillis(10),
        "control was not ready",
        () -> {
          if (!started.isAlive()) {
            throw new DemoException(
                "control ended with status " + started.exitValue() + Logs.tail(folder, "err.log"));
          }
          return isReady();
        });
    return Duration.ofNanos(patience.nanos() - began);
  }

  private boolean isReady() {
    try {
      var connection = (HttpURLConnection) api.resolve("/ready").toURL().openConnection();
      connection.setConnectTimeout(500);
      connection.setReadTimeout(500);
      try {
        return connection.getResponseCode() == 200;
      } finally {
        connection.disconnect();
      }
    } catch (IOException _) {
      return false;
    }
  }

  /** Kills it, as a crash would. */
  public void kill() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly();
      process.waitFor();
    }
  }

  /** Stops it in order. */
  public void stop() throws InterruptedException {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(3, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }
}
