package dev.ondine.testkit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** What the kernel says of a process. */
public final class ProcFs {
  /** Of the fields behind the command's name: user and system time, all threads together. */
  private static final int USER_TIME = 11;

  private static final int SYSTEM_TIME = 12;

  /** The unit of times in {@code /proc}: USER_HZ, 100 on every Linux that has a JDK. */
  private static final double TICKS_PER_SECOND = 100;

  private ProcFs() {}

  /** Whether it runs; what has ended does not, although nobody has taken note of its end yet. */
  public static boolean isRunning(long pid) throws IOException {
    try {
      return !Files.readString(Path.of("/proc/" + pid + "/cmdline")).isEmpty();
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  /** The CPU time that the process has used so far, in seconds. */
  public static double cpuSeconds(long pid) throws IOException {
    var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    // The command's name may hold blanks and parentheses.
    var fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
    return (Long.parseLong(fields.get(USER_TIME)) + Long.parseLong(fields.get(SYSTEM_TIME)))
        / TICKS_PER_SECOND;
  }

  /** The memory that it holds now (VmRSS), in MiB. */
  public static double residentMiB(long pid) throws IOException {
    try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      var line =
          lines
              .filter(text -> text.startsWith("VmRSS:"))
              .findFirst()
              .orElseThrow(() -> new IOException("process " + pid + " has no memory any more"));
      return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
    }
  }
}
