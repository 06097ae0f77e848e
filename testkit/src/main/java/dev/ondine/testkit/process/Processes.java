package dev.ondine.testkit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The child processes of one run. They end when it is closed, and also when this JVM is told to end
 * by a signal.
 */
public final class Processes implements AutoCloseable {
  private final Path logs;
  private final List<Child> children = new CopyOnWriteArrayList<>();
  private final Thread onSignal = new Thread(this::endAll, "end-children");

  /**
   * None yet.
   *
   * @param logs the folder for what they print
   */
  public Processes(Path logs) throws IOException {
    this.logs = Files.createDirectories(logs);
    Runtime.getRuntime().addShutdownHook(onSignal);
  }

  /** Starts one; what it prints goes to {@code NAME.log}. */
  public Child start(String name, String... words) throws IOException {
    return start(name, Map.of(), List.of(words));
  }

  /** Starts one with more environment variables. */
  public Child start(String name, Map<String, String> environment, List<String> words)
      throws IOException {
    var log = logs.resolve(name + ".log");
    var builder =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().putAll(environment);
    var child = new Child(name, builder.start(), log);
    children.add(child);
    return child;
  }

  /**
   * Runs one to its end and returns what it printed.
   *
   * @throws IOException when it ends with another exit code than 0; the message has its last lines
   */
  public String run(String name, String... words) throws IOException, InterruptedException {
    return run(name, Map.of(), List.of(words));
  }

  /** Likewise, with more environment variables. */
  public String run(String name, Map<String, String> environment, List<String> words)
      throws IOException, InterruptedException {
    Files.deleteIfExists(logs.resolve(name + ".log"));
    var child = start(name, environment, words);
    try {
      var exit = child.awaitExit();
      if (exit != 0) {
        throw new IOException(name + " ended with " + exit + ": " + child.lastLines());
      }
      return Files.readString(child.log());
    } finally {
      child.kill();
      children.remove(child);
    }
  }

  /** Ends all, the newest first. */
  @Override
  public void close() {
    endAll();
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException _) {
      // The JVM is ending, and the hook with it.
    }
  }

  private void endAll() {
    for (var child : children.reversed()) {
      child.stop();
    }
  }
}
