package dev.ondine.cli.demo.world;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process with its sidecar, both under a supervisor: one {@code ondine run}. */
public final class Workload {
  private final String name;
  private final String service;
  private final boolean serves;
  private final Spot spot;
  private final Path folder;
  private final Path runFolder;
  private final Process supervisor;
  private final AdminSocket admin;

  /** The processes of a workload, as its run directory names them. */
  public enum Part {
    SUPERVISOR,
    KEEPER,
    SIDECAR,
    WORKLOAD
  }

  Workload(
      String name,
      String service,
      boolean serves,
      Spot spot,
      Path folder,
      Path runFolder,
      Process supervisor) {
    this.name = name;
    this.service = service;
    this.serves = serves;
    this.spot = spot;
    this.runFolder = runFolder;
    this.folder = folder;
    this.supervisor = supervisor;
    this.admin = new AdminSocket(runFolder.resolve("sidecar/admin.sock"));
  }

  /** The instance's own name: {@code orders-0}. */
  public String name() {
    return name;
  }

  /** The service that it is an instance of. */
  public String service() {
    return service;
  }

  /** Whether it has a port, or only calls others. */
  public boolean serves() {
    return serves;
  }

  /** Its address in the demo's network. */
  public String address() {
    return spot.address();
  }

  /** The port that its program listens on. */
  public int port() {
    return spot.port();
  }

  Spot spot() {
    return spot;
  }

  /** Where its program runs and its logs are. */
  public Path folder() {
    return folder;
  }

  /** Its sidecar's admin API. */
  public AdminSocket admin() {
    return admin;
  }

  Process supervisor() {
    return supervisor;
  }

  /** The pid of a part; empty when it was not started yet, or is gone. */
  public OptionalLong pid(Part part) throws IOException {
    try {
      var file = runFolder.resolve(part.name().toLowerCase(Locale.ROOT) + ".pid");
      var words = Files.readString(file).split(" ", 2);
      var pid = words.length == 2 ? Long.parseLong(words[0]) : -1;
      return ProcessHandle.of(pid).isPresent() ? OptionalLong.of(pid) : OptionalLong.empty();
    } catch (NoSuchFileException _) {
      return OptionalLong.empty();
    }
  }

  /** Whether the supervisor has started the process; it does when the sidecar is ready. */
  boolean isStarted() throws IOException {
    return pid(Part.WORKLOAD).isPresent();
  }

  /** The pid of a part that must be there. */
  public long livePid(Part part) throws IOException, DemoException {
    return pid(part).orElseThrow(() -> new DemoException(name + " has no " + part));
  }

  /** Whether its program's port is open, found out without connecting to it. */
  public boolean isListening() throws IOException {
    var pid = pid(Part.WORKLOAD);
    var wanted = "%04X".formatted(port());
    return pid.isPresent()
        && Stream.of("tcp", "tcp6").anyMatch(table -> hasListener(pid.getAsLong(), table, wanted));
  }

  private static boolean hasListener(long pid, String table, String port) {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "net", table), UTF_8)) {
      // sl local_address rem_address st: 0A is LISTEN
      return lines
          .map(line -> line.strip().split("\\s+"))
          .anyMatch(f -> f.length > 3 && f[1].endsWith(":" + port) && f[3].equals("0A"));
    } catch (IOException | UncheckedIOException _) {
      return false; // the process is gone
    }
  }

  /** Takes it out of the mesh in order: its supervisor is told to stop. */
  public void askToStop() {
    supervisor.destroy();
  }

  /** Waits until its supervisor has ended. */
  public boolean hasEndedWithin(Duration limit) throws InterruptedException {
    return supervisor.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Kills parts of it at once, as a crash would. The process is killed with all it started. */
  public void kill(Part... parts) throws DemoException, IOException, InterruptedException {
    var targets = new ArrayList<String>();
    for (var part : parts) {
      targets.add((part == Part.WORKLOAD ? "-" : "") + livePid(part));
    }
    var command = new ArrayList<>(List.of("sh", "-c", "kill -s KILL -- \"$@\"", "kill"));
    command.addAll(targets);
    Programs.run(command, "");
  }

  /** The sidecar's resident memory in MB. */
  public double sidecarMegabytes() throws IOException, DemoException {
    return Memory.residentMegabytes(livePid(Part.SIDECAR));
  }

  /** The end of what its supervisor and sidecar said, for error messages. */
  public String lastWords() {
    return Logs.tail(folder, "err.log", "sidecar.log");
  }
}
