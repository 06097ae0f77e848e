package dev.ondine.it.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One finished process: what it printed and its exit code. */
record Command(int exit, String output) {
  /** Runs a command in the repository's root, without input, with more environment variables. */
  static Command run(Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(List.of(words)).directory(root().toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    var process = builder.start();
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Command(process.waitFor(), output);
  }

  /** The repository's root; Maven runs tests in the module's folder. */
  static Path root() {
    return Path.of("").toAbsolutePath().resolveSibling("");
  }
}
