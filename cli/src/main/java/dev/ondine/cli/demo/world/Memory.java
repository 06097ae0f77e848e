package dev.ondine.cli.demo.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process takes of the machine's memory. */
public final class Memory {
  private Memory() {}

  /** Resident, from {@code /proc/PID/status}, in MB of a million bytes. */
  public static double residentMegabytes(long pid) throws IOException {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
              .filter(line -> line.startsWith("VmRSS:"))
              .map(line -> line.replaceAll("[^0-9]", ""))
              .mapToLong(Long::parseLong)
              .findFirst()
              .orElseThrow(() -> new IOException("process " + pid + " has no memory"))
          * 1024
          / 1e6;
    }
  }
}
