package dev.ondine.proxy.overload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The memory of the control group (version 2) that the sidecar runs in, if it has a limit: beyond
 * it the kernel ends the process.
 *
 * <p>File pages that the kernel can drop do not count, nor does what the JVM holds and does not
 * use: it is there for the next request.
 */
final class CgroupMemory implements Resource {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final String INACTIVE = "inactive_file ";

  private final Path folder;
  private final long limit;
  private final LongSupplier spare;

  private CgroupMemory(Path folder, long limit, LongSupplier spare) {
    this.folder = folder;
    this.limit = limit;
    this.spare = spare;
  }

  /**
   * That of this process; empty where there is none or it has no limit.
   *
   * @param spare bytes that the process holds and does not use
   */
  static Optional<CgroupMemory> own(LongSupplier spare) {
    try {
      for (var line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
        if (line.startsWith("0::")) {
          return in(ROOT.resolve(line.substring("0::/".length())), spare);
        }
      }
    } catch (IOException _) {
      // as if there were none
    }
    return Optional.empty();
  }

  static Optional<CgroupMemory> in(Path folder, LongSupplier spare) {
    try {
      var limit = Files.readString(folder.resolve("memory.max")).strip();
      return limit.equals("max")
          ? Optional.empty()
          : Optional.of(new CgroupMemory(folder, Long.parseLong(limit), spare));
    } catch (IOException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  @Override
  public String name() {
    return "cgroup";
  }

  @Override
  public double used() {
    try {
      var current = Long.parseLong(Files.readString(folder.resolve("memory.current")).strip());
      var inactive =
          Files.readAllLines(folder.resolve("memory.stat")).stream()
              .filter(line -> line.startsWith(INACTIVE))
              .mapToLong(line -> Long.parseLong(line.substring(INACTIVE.length())))
              .sum();
      return (double) (current - inactive - spare.getAsLong()) / limit;
    } catch (IOException | NumberFormatException _) {
      return 0; // what cannot be known sheds nothing
    }
  }
}
