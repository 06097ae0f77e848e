package dev.ondine.it.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Jazzer's search for one target, in a process of its own. What it collects stays in target/fuzz,
 * and the next search goes on from there.
 *
 * @param classPath of the code that is searched
 */
record Search(String target, Path seeds, Path work, String classPath) {
  private static final Pattern STATUS =
      Pattern.compile("#\\d+\\s+(\\w+)\\s+cov: (\\d+) ft: \\d+ corp: (\\d+)/.*");
  private static final String EXECUTED = "stat::number_of_executed_units:";
  private static final int EXCERPT = 12;
  private static final long START_SECONDS = 60;

  /**
   * What a search came to.
   *
   * @param corpusBefore inputs that it began with
   * @param corpus inputs at its end, each of which reaches something that the others do not
   * @param found whether an input broke a property
   * @param bySearch whether that was an input of the search's own, after all that it began with
   * @param excerpt what the log says about it
   */
  record Result(
      long executions,
      long coverage,
      long corpusBefore,
      long corpus,
      boolean found,
      boolean bySearch,
      Duration took,
      List<String> excerpt) {}

  /** The search for a target of this name. */
  static Search of(Path repository, String target) {
    return new Search(
        target,
        repository.resolve("it/src/test/resources/fuzz").resolve(target),
        repository.resolve("target/fuzz").resolve(target),
        System.getProperty("java.class.path"));
  }

  /** What Jazzer printed. */
  Path log() {
    return work.resolve("log");
  }

  /** Searches for so many seconds, or until it finds an input that breaks a property. */
  Result run(int seconds) throws IOException, InterruptedException {
    var corpus = Files.createDirectories(work.resolve("corpus"));
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath,
                Fuzzing.class.getName(),
                target,
                "--reproducer_path=" + work,
                "-artifact_prefix=" + work + "/",
                "-max_len=16384",
                "-max_total_time=" + seconds,
                "-print_final_stats=1",
                "-timeout=30"));
    var dictionary = seeds.resolveSibling(target + ".dict");
    if (Files.exists(dictionary)) {
      command.add("-dict=" + dictionary);
    }
    command.add(corpus.toString());
    command.add(seeds.toString());
    var started = System.nanoTime();
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log().toFile())
            .start();
    try {
      if (!process.waitFor(seconds + START_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(target + " did not end; see " + log());
      }
      return read(process.exitValue(), Duration.ofNanos(System.nanoTime() - started));
    } finally {
      process.destroyForcibly();
    }
  }

  private Result read(int exit, Duration took) throws IOException {
    var lines = Files.readAllLines(log(), StandardCharsets.ISO_8859_1);
    var before = -1L;
    var last = List.of(0L, 0L);
    var executions = 0L;
    var begun = false;
    for (var line : lines) {
      if (line.startsWith(EXECUTED)) {
        executions = Long.parseLong(line.substring(EXECUTED.length()).strip());
      }
      var status = STATUS.matcher(line);
      if (status.matches()) {
        last = numbers(status);
        begun |= status.group(1).equals("INITED");
        before = before < 0 || status.group(1).equals("INITED") ? last.get(1) : before;
      }
    }
    var found = exit != 0;
    if (found && lines.stream().noneMatch(line -> line.contains("== Java Exception"))) {
      throw new IOException("Jazzer failed with " + exit + "; see " + log());
    }
    return new Result(
        executions,
        last.get(0),
        Math.max(0, before),
        last.get(1),
        found,
        found && begun,
        took,
        excerpt(lines));
  }

  private static List<Long> numbers(Matcher status) {
    return List.of(Long.parseLong(status.group(2)), Long.parseLong(status.group(3)));
  }

  private static List<String> excerpt(List<String> lines) {
    return lines.stream()
        .dropWhile(line -> !line.contains("== Java Exception"))
        .limit(EXCERPT)
        .toList();
  }
}
