package dev.ondine.it.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One finished process: what it printed and its exit code. */
record Command(int exit, String output) {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** Runs a command in the repository's root, without input, with more environment variables. */
  static Command run(Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    var file = Files.createTempFile("command", ".out");
    var builder =
        new ProcessBuilder(List.of(words))
            .directory(root().toFile())
            .redirectErrorStream(true)
            .redirectOutput(file.toFile());
    builder.environment().putAll(environment);
    var process = builder.start();
    process.getOutputStream().close();
    // What the command leaves behind may hold its output open: the file has no end to wait for.
    try {
      if (!process.waitFor(LIMIT)) {
        throw new IOException(
            String.join(" ", words) + " did not end within " + LIMIT + ":\n" + read(file));
      }
      return new Command(process.exitValue(), read(file));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Files.delete(file);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, UTF_8);
  }

  /** The repository's root; Maven runs tests in the module's folder. */
  static Path root() {
    return Path.of("").toAbsolutePath().resolveSibling("");
  }
}
