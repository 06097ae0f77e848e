package dev.ondine.it.system.hostile;

import static org.awaitility.Awaitility.await;

import dev.ondine.testkit.http1.Recorded;
import dev.ondine.testkit.http1.Recorder;
import dev.ondine.testkit.http1.Recorder.Mark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/** What comes to the origin from a moment on. */
final class Upstream {
  /** The requests by which the runner itself looks whether all is well. */
  private static final Pattern OWN = Pattern.compile("(?s)GET /own-\\d+ HTTP/1.1\r\n.*?\r\n\r\n");

  private final Recorder origin;
  private final Duration patience;
  private final Mark since;

  /**
   * @param text all bytes, one connection or stream after the other, without the runner's own
   *     requests
   * @param requests how many of the others are complete
   * @param byConnection the text again, one for each connection
   */
  record Seen(String text, int requests, List<String> byConnection) {
    Seen {
      byConnection = List.copyOf(byConnection);
    }
  }

  Upstream(Mesh<?> mesh) {
    this.origin = mesh.origin();
    this.patience = mesh.patience();
    this.since = origin.mark();
  }

  Seen seen() {
    var texts = new ArrayList<String>();
    var requests = 0;
    for (var connection : touched()) {
      var all = connection.text(since.sizeOf(connection));
      requests += connection.requests(since.sizeOf(connection));
      requests -= (int) OWN.matcher(all).results().count();
      texts.add(OWN.matcher(all).replaceAll(""));
    }
    return new Seen(String.join("", texts), requests, texts);
  }

  /** Waits until more bytes have come than that; false: they did not. */
  boolean awaitMoreThan(int bytes) {
    return happens(() -> size() > bytes);
  }

  int size() {
    return touched().stream().mapToInt(one -> one.size() - since.sizeOf(one)).sum();
  }

  /** The connections, or streams, that brought bytes. */
  List<Recorded> touched() {
    return origin.recorded().stream().filter(one -> one.size() > since.sizeOf(one)).toList();
  }

  /** Waits until these are closed by the sidecar; false: one stays open. */
  boolean areClosed(List<Recorded> connections) {
    return happens(() -> connections.stream().allMatch(one -> one.state() != Recorded.State.OPEN));
  }

  /** Waits until the sidecar, not the workload, has broken these off; false: it did not. */
  boolean areBrokenOff(List<Recorded> connections) {
    return happens(
        () -> connections.stream().allMatch(one -> one.state() == Recorded.State.CLOSED_BY_PEER));
  }

  private boolean happens(Callable<Boolean> condition) {
    try {
      await()
          .atMost(patience)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(condition);
      return true;
    } catch (ConditionTimeoutException _) {
      return false;
    }
  }
}
