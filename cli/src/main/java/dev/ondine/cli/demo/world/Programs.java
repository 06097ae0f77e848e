package dev.ondine.cli.demo.world;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Starts other programs, with an environment that names nothing but the usual. */
final class Programs {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "HOME", "/",
          "LANG", "C.UTF-8");

  private Programs() {}

  /** Runs a program to its end; returns what it printed. */
  static String run(List<String> command, String input)
      throws DemoException, IOException, InterruptedException {
    var process = builder(command, Path.of("/")).redirectErrorStream(true).start();
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // it ended without reading; its status says whether that is bad
    }
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    var status = process.waitFor();
    if (status != 0) {
      throw new DemoException(
          String.join(" ", command) + " ended with status " + status + ": " + output.strip());
    }
    return output;
  }

  /** Starts a program that goes on; its output goes to {@code out.log} and {@code err.log}. */
  static Process start(List<String> command, Path folder, Map<String, String> environment)
      throws IOException {
    var builder = prepare(command, folder, environment);
    return builder.redirectInput(Path.of("/dev/null").toFile()).start();
  }

  /** The same, but its input and output are the caller's. */
  static Process startTalking(List<String> command, Path folder, Map<String, String> environment)
      throws IOException {
    return prepare(command, folder, environment)
        .redirectOutput(ProcessBuilder.Redirect.PIPE)
        .start();
  }

  private static ProcessBuilder prepare(
      List<String> command, Path folder, Map<String, String> environment) throws IOException {
    Files.createDirectories(folder);
    var builder = builder(command, folder);
    builder.environment().putAll(environment);
    return builder
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("out.log").toFile()))
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("err.log").toFile()));
  }

  private static ProcessBuilder builder(List<String> command, Path folder) {
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(ENVIRONMENT);
    return builder;
  }
}
