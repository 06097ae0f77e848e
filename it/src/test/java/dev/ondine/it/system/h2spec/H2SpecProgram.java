package dev.ondine.it.system.h2spec;

import dev.ondine.testkit.process.GoProgram;
import dev.ondine.testkit.process.Processes;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The program h2spec, built from the Go module proxy and kept for the next run.
 *
 * @param program where it is
 */
record H2SpecProgram(Path program) {
  /** As in {@code it/src/test/go/h2spec/go.mod}. */
  private static final String VERSION = "2.2.1";

  private static final Pattern SUMMARY =
      Pattern.compile(
          "^(\\d+) tests, (\\d+) passed, (\\d+) skipped, (\\d+) failed", Pattern.MULTILINE);

  /** What one run found. */
  record Result(int tests, int skipped, int failed, String failures) {}

  /**
   * The program; builds it where it is not yet there.
   *
   * @throws IOException when it cannot be built; the message says what is missing
   */
  static H2SpecProgram build(Path repository, Processes processes, PrintStream out)
      throws IOException, InterruptedException {
    var program = repository.resolve("target/tools/h2spec-" + VERSION + "/h2spec").toAbsolutePath();
    if (!Files.isExecutable(program)) {
      out.println("building h2spec " + VERSION + " into " + program.getParent());
      GoProgram.build(
          processes,
          "h2spec",
          repository.resolve("it/src/test/go/h2spec"),
          "github.com/summerwind/h2spec/cmd/h2spec",
          program);
    }
    return new H2SpecProgram(program);
  }

  /**
   * Runs all its tests, the strict ones too.
   *
   * @param name of the run, for its log
   */
  Result run(Processes processes, String name, int port, boolean tls)
      throws IOException, InterruptedException {
    var words =
        new ArrayList<>(
            List.of(program.toString(), "--strict", "--host", "127.0.0.1", "--port", "" + port));
    if (tls) {
      words.addAll(List.of("--tls", "--insecure"));
    }
    var log = processes.start("h2spec-" + name, Map.of(), words);
    var exit = log.awaitExit();
    var printed = Files.readString(log.log());
    var summary = SUMMARY.matcher(printed);
    if (!summary.find()) {
      throw new IOException("h2spec ended with " + exit + " and no result: " + log.lastLines());
    }
    var failures = printed.indexOf("\nFailures:");
    return new Result(
        Integer.parseInt(summary.group(1)),
        Integer.parseInt(summary.group(3)),
        Integer.parseInt(summary.group(4)),
        failures < 0 ? "" : printed.substring(failures).strip());
  }
}
