package dev.ondine.cli.demo.world;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A sidecar without supervisor and workload, as the distribution brings it. */
public final class LoneSidecar {
  private final Process process;
  private final Duration ready;

  private LoneSidecar(Process process, Duration ready) {
    this.process = process;
    this.ready = ready;
  }

  /** Starts it and waits until it is ready. */
  static LoneSidecar start(Place place, Patience patience, String control, Spot spot, String name)
      throws DemoException, IOException, InterruptedException {
    var folder = Files.createDirectories(place.folder().resolve(name));
    var socket = folder.resolve("admin.sock");
    var began = patience.nanos();
    var command = new ArrayList<>(spot.enter());
    command.addAll(
        List.of(
            place.ondine(),
            "proxy",
            "--service=" + name,
            "--control=" + control,
            "--run-dir=" + folder,
            "--admin=unix:" + socket));
    command.addAll(spot.loneFlags());
    var process = Programs.start(command, folder, Map.of());
    var admin = new AdminSocket(socket);
    patience.until(
        Duration.ofSeconds(10),
        Duration.ofMillis(2),
        "a sidecar alone was not ready",
        () -> {
          if (!process.isAlive()) {
            throw new DemoException(
                "a sidecar alone ended with status "
                    + process.exitValue()
                    + Logs.tail(folder, "err.log"));
          }
          return admin.isReady();
        });
    return new LoneSidecar(process, Duration.ofNanos(patience.nanos() - began));
  }

  /** From its spawn until it was ready. */
  public Duration ready() {
    return ready;
  }

  /** Its resident memory now, in MB. */
  public double megabytes() throws IOException {
    return Memory.residentMegabytes(process.pid());
  }

  /** Ends it. */
  public void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(3, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
