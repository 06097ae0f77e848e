package dev.ondine.proxy.overload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a control group (version 1 or 2) that the sidecar has to itself, if it has a limit:
 * beyond it the kernel ends the process.
 *
 * <p>A group that others are in, such as the workload, is not watched: the sidecar cannot give back
 * what they took, and would refuse everything for ever. There, the bounds of its own heap and
 * buffers are what keeps it small.
 *
 * <p>File pages, which the kernel can drop, do not count, nor does what the JVM holds and does not
 * use: it is there for the next request.
 */
final class CgroupMemory implements Resource {
  /** From here on a limit of version 1 is none. */
  private static final long NO_LIMIT = 1L << 60;

  private final Path folder;
  private final Version version;
  private final long limit;
  private final LongSupplier spare;

  /** Where the kernel tells what. */
  enum Version {
    FIRST(
        Path.of("/sys/fs/cgroup/memory"),
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "total_"),
    SECOND(Path.of("/sys/fs/cgroup"), "memory.max", "memory.current", "");

    private final Path root;
    private final String limit;
    private final String current;
    private final String scope; // of the numbers with those of the groups below

    Version(Path root, String limit, String current, String scope) {
      this.root = root;
      this.limit = limit;
      this.current = current;
      this.scope = scope;
    }

    /** That of a line of {@code /proc/self/cgroup} (cgroups(7)), if it is about memory. */
    private static Optional<Version> of(String controllers) {
      if (controllers.isEmpty()) {
        return Optional.of(SECOND);
      }
      return List.of(controllers.split(",", -1)).contains("memory")
          ? Optional.of(FIRST)
          : Optional.empty();
    }
  }

  private CgroupMemory(Path folder, Version version, long limit, LongSupplier spare) {
    this.folder = folder;
    this.version = version;
    this.limit = limit;
    this.spare = spare;
  }

  /**
   * The tightest of this process's own; empty where there is none or it has no limit.
   *
   * @param spare bytes that the process holds and does not use
   */
  static Optional<CgroupMemory> own(LongSupplier spare) {
    try {
      Optional<CgroupMemory> found = Optional.empty();
      for (var line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
        var fields = line.split(":", 3);
        var version = Version.of(fields[1]).orElse(null);
        if (version != null) {
          // In a container the path may be the host's: then the mount's root is the own group.
          var named = version.root.resolve(fields[2].substring(1)).normalize();
          var group = Files.isDirectory(named) ? named : version.root;
          found = tighter(found, tightest(group, version, ProcessHandle.current().pid(), spare));
        }
      }
      return found;
    } catch (IOException _) {
      return Optional.empty(); // as if there were none
    }
  }

  /** The tightest from this group up to the last one that the process has to itself. */
  static Optional<CgroupMemory> tightest(
      Path group, Version version, long pid, LongSupplier spare) {
    Optional<CgroupMemory> found = Optional.empty();
    @Nullable Path child = null;
    for (var folder = group; folder != null && alone(folder, child, pid); ) {
      found = tighter(found, of(folder, version, spare));
      child = folder;
      folder = folder.equals(version.root) ? null : folder.getParent();
    }
    return found;
  }

  private static Optional<CgroupMemory> tighter(
      Optional<CgroupMemory> one, Optional<CgroupMemory> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.or(() -> other);
    }
    return one.get().limit <= other.get().limit ? one : other;
  }

  private static Optional<CgroupMemory> of(Path folder, Version version, LongSupplier spare) {
    try {
      var text = Files.readString(folder.resolve(version.limit)).strip();
      var limit = text.equals("max") ? NO_LIMIT : Long.parseLong(text);
      return limit >= NO_LIMIT || limit <= 0
          ? Optional.empty()
          : Optional.of(new CgroupMemory(folder, version, limit, spare));
    } catch (IOException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  /** True if nobody else is in this group, nor in one below it. */
  private static boolean alone(Path folder, @Nullable Path child, long pid) {
    try (var inside = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (var group : inside) {
        if (!group.equals(child)) {
          return false;
        }
      }
      var expected = Long.toString(pid);
      return Files.readAllLines(folder.resolve("cgroup.procs")).stream().allMatch(expected::equals);
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  public String name() {
    return "cgroup";
  }

  @Override
  public double used() {
    try {
      var current = Long.parseLong(Files.readString(folder.resolve(version.current)).strip());
      var droppable = 0L;
      for (var line : Files.readAllLines(folder.resolve("memory.stat"))) {
        if (line.startsWith(version.scope + "inactive_file ")
            || line.startsWith(version.scope + "active_file ")) {
          droppable += Long.parseLong(line.substring(line.indexOf(' ') + 1));
        }
      }
      return Math.max(0, (double) (current - droppable - spare.getAsLong()) / limit);
    } catch (IOException | NumberFormatException _) {
      return 0; // what cannot be known sheds nothing
    }
  }

  @Override
  public String toString() {
    return "control group " + folder + " of " + (limit >> 20) + " MiB";
  }
}
