package dev.ondine.it.system.wrap;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The machine's cgroups of version 2, as files. */
final class Cgroups {
  private static final Duration POLL = Duration.ofMillis(20);

  private Cgroups() {}

  /**
   * Where they are mounted; elsewhere nft would not find them.
   *
   * @throws IOException when they are not
   */
  static Path mount() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
        .map(line -> line.split(" ", 4))
        .filter(words -> words[2].equals("cgroup2") && words[1].startsWith("/sys/fs/cgroup"))
        .map(words -> Path.of(words[1]))
        .findFirst()
        .orElseThrow(() -> new IOException("cgroup version 2 is not mounted"));
  }

  /** The processes in one, without those below. */
  static List<Long> processes(Path cgroup) throws IOException {
    return Files.readAllLines(cgroup.resolve("cgroup.procs")).stream()
        .map(Long::parseLong)
        .toList();
  }

  /** The processes in one and below. */
  static List<Long> allProcesses(Path cgroup) throws IOException {
    var all = new ArrayList<Long>();
    for (var folder : folders(cgroup)) {
      all.addAll(processes(folder));
    }
    return all;
  }

  /** Moves processes; what has ended meanwhile needs no moving. */
  static void move(List<Long> processes, Path to) throws IOException {
    for (var pid : processes) {
      try {
        Files.writeString(to.resolve("cgroup.procs"), Long.toString(pid));
      } catch (IOException e) {
        if (ProcessHandle.of(pid).isPresent()) {
          throw e;
        }
      }
    }
  }

  /** The cgroup and all below, the lowest first; none where it is not there. */
  static List<Path> folders(Path cgroup) throws IOException {
    if (!Files.exists(cgroup)) {
      return List.of();
    }
    try (var files = Files.walk(cgroup)) {
      return files.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
    }
  }

  /** Ends every process in it, and removes it with all below. */
  static void remove(Path cgroup, Duration limit) {
    try {
      if (Files.exists(cgroup)) {
        Files.writeString(cgroup.resolve("cgroup.kill"), "1");
        await()
            .atMost(limit)
            .pollInterval(POLL)
            .until(() -> Files.readString(cgroup.resolve("cgroup.events")).contains("populated 0"));
        for (var folder : folders(cgroup)) {
          Files.delete(folder);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove the cgroup " + cgroup, e);
    }
  }
}
