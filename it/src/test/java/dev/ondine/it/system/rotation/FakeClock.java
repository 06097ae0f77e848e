package dev.ondine.it.system.rotation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The clock of one process, which libfaketime moves while it runs; its timers are not moved. */
record FakeClock(Path file) {
  private static final String LIBRARY = "libfaketimeMT.so.1";

  /** One that is wrong by this, in libfaketime's words: {@code +26h}. */
  static FakeClock wrongBy(Path file, String offset) throws IOException {
    var clock = new FakeClock(file);
    clock.set(offset);
    return clock;
  }

  /** Moves it, from the true time. */
  void set(String offset) throws IOException {
    var next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), offset + "\n");
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE); // never half-written
  }

  /** In front of a command, which then has this clock. */
  List<String> command() throws IOException {
    return List.of(
        "env",
        "LD_PRELOAD=" + library(),
        "FAKETIME_TIMESTAMP_FILE=" + file,
        "FAKETIME_CACHE_DURATION=1",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
        "DONT_FAKE_MONOTONIC=1");
  }

  /**
   * Where the library is.
   *
   * @throws IOException when it is not there
   */
  static Path library() throws IOException {
    try (var folders = Files.newDirectoryStream(Path.of("/usr/lib"))) {
      for (var folder : folders) {
        var library = folder.resolve("faketime").resolve(LIBRARY);
        if (Files.exists(library)) {
          return library;
        }
      }
    }
    throw new IOException(LIBRARY + " is missing; install faketime");
  }
}
