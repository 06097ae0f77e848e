package dev.ondine.testkit.process;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** One child process. */
public final class Child {
  private static final long STOP_SECONDS = 5;
  private static final int LAST_LINES = 15;
  private static final Duration POLL = Duration.ofMillis(20);

  private final String name;
  private final Process process;
  private final Path log;

  Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** What it printed. */
  public Path log() {
    return log;
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until it takes connections on this port of the loopback address. */
  public void awaitPort(int port, Duration limit) throws IOException {
    awaitReady("listen on port " + port, limit, () -> accepts(port));
  }

  /**
   * Waits until a condition says that it is ready.
   *
   * @param what it does then, for the message
   * @throws IOException when it ends before, or takes too long; with its last lines
   */
  public void awaitReady(String what, Duration limit, Callable<Boolean> ready) throws IOException {
    try {
      await()
          .atMost(limit)
          .pollDelay(Duration.ZERO)
          .pollInterval(POLL)
          .until(() -> !process.isAlive() || ready.call());
    } catch (ConditionTimeoutException e) {
      throw new IOException(
          name + " did not " + what + " within " + limit.toSeconds() + " s: " + lastLines(), e);
    }
    if (!process.isAlive()) {
      throw new IOException(
          name + " ended with " + process.exitValue() + " instead of " + what + ": " + lastLines());
    }
  }

  /** Waits for its end and returns its exit code. */
  public int awaitExit() throws InterruptedException {
    return process.waitFor();
  }

  /** Waits for its end for so long at most; empty when it runs on. */
  public OptionalInt awaitExit(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
        ? OptionalInt.of(process.exitValue())
        : OptionalInt.empty();
  }

  /** Asks it to end, and insists after some seconds; what it started and left behind is ended. */
  public void stop() {
    var started = process.descendants().toList(); // who has no parent any more belongs to nobody
    process.destroy();
    try {
      process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    kill();
    started.forEach(ProcessHandle::destroyForcibly);
  }

  /** Ends it and what it started at once. */
  public void kill() {
    var started = process.descendants().toList();
    process.destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
  }

  /** The end of what it printed. */
  public String lastLines() {
    try {
      // A program may print what is no UTF-8; this is for people.
      var lines = new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException e) {
      return "(its log cannot be read: " + e + ")";
    }
  }

  private static boolean accepts(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
