package dev.ondine.it.system.overload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A control group of the test's own with a limit of memory, of either version of the interface. */
final class MemoryGroup implements AutoCloseable {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  private final Path folder;
  private final boolean second;

  private MemoryGroup(Path folder, boolean second) {
    this.folder = folder;
    this.second = second;
  }

  /** Makes one; empty where this machine does not let us. */
  static Optional<MemoryGroup> make(long bytes) throws IOException {
    var second = Files.exists(ROOT.resolve("cgroup.controllers"));
    var parent = second ? ROOT : ROOT.resolve("memory");
    var folder = parent.resolve("ondine-it-overload-" + ProcessHandle.current().pid());
    try {
      if (second) {
        Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+memory");
      }
      Files.createDirectory(folder);
    } catch (IOException _) {
      return Optional.empty();
    }
    var group = new MemoryGroup(folder, second);
    try {
      Files.writeString(
          folder.resolve(second ? "memory.max" : "memory.limit_in_bytes"), Long.toString(bytes));
      return Optional.of(group);
    } catch (IOException _) {
      group.close();
      return Optional.empty();
    }
  }

  String version() {
    return second ? "cgroup v2" : "cgroup v1";
  }

  /** Put in front of a command, makes it a member. */
  List<String> command() {
    var enter = "echo $$ >'" + folder.resolve("cgroup.procs") + "' && exec \"$@\"";
    return List.of("sh", "-c", enter, "enter");
  }

  /** How often the kernel ended a member for want of memory. */
  long kills() throws IOException {
    return number(folder.resolve(second ? "memory.events" : "memory.oom_control"), "oom_kill ");
  }

  private static long number(Path file, String key) throws IOException {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.substring(key.length()).strip()))
          .findFirst()
          .orElseThrow(() -> new IOException(file + " says nothing of " + key));
    }
  }

  /** Removes it; its members must have ended. */
  @Override
  public void close() throws IOException {
    for (var left = 100; ; left--) {
      try {
        Files.delete(folder);
        return;
      } catch (IOException e) { // busy until the kernel has forgotten the last member
        if (left == 0) {
          throw e;
        }
        LockSupport.parkNanos(50_000_000);
      }
    }
  }
}
