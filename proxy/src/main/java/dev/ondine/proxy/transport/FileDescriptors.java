package dev.ondine.proxy.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many file descriptors this process may have. */
public final class FileDescriptors {
  private static final String LINE = "Max open files";

  private FileDescriptors() {}

  /**
   * The limit that holds now (the JVM raises it to the hard one); very many where none is known.
   */
  public static long limit() {
    try {
      for (var line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith(LINE)) {
          return Long.parseLong(line.substring(LINE.length()).strip().split(" +", 2)[0]);
        }
      }
    } catch (IOException | NumberFormatException _) {
      // "unlimited", or no such file: as said
    }
    return Integer.MAX_VALUE;
  }
}
