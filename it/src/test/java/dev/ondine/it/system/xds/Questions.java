package dev.ondine.it.system.xds;

import static org.awaitility.Awaitility.await;

import dev.ondine.base.report.Report;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What every peer is asked: does it reach the service, does it balance over two endpoints, does it
 * see a third that comes while it runs.
 *
 * @param peer the beginning of the figures' names
 */
record Questions(Report report, String peer) {
  private static final int REQUESTS = 90;

  /** Even two choices at random give each of three this share, but for one run in a million. */
  private static final double MIN_SHARE = 0.1;

  /** For the first connection to the control plane, on a machine that is busy. */
  private static final Duration FIRST = Duration.ofSeconds(20);

  /** For a change, over a stream that is open. */
  private static final Duration CHANGE = Duration.ofSeconds(5);

  private static final Duration POLL = Duration.ofMillis(20);

  /**
   * Asks, and reports the answers. The endpoints {@code one} and {@code two} are there already.
   *
   * @param sabotaged leave the third endpoint out
   */
  void ask(Service service, boolean sabotaged) throws Exception {
    var both = new HashSet<>(Set.of("one", "two"));
    var millis = millisUntil(FIRST, () -> both.remove(service.request()) && both.isEmpty());
    report.check(peer + "_reaches_both_endpoints", millis >= 0);
    if (millis < 0) {
      return; // nothing behind this can be answered
    }
    report.tell(peer + "_both_reached_ms", millis);
    balances(service, Set.of("one", "two"));
    if (!sabotaged) {
      service.add("three");
    }
    millis = millisUntil(CHANGE, () -> service.request().equals("three"));
    report.check(peer + "_sees_third_endpoint", millis >= 0);
    if (millis >= 0) {
      report.tell(peer + "_third_seen_ms", millis);
      balances(service, Set.of("one", "two", "three"));
    }
  }

  private void balances(Service service, Set<String> expected) throws Exception {
    Map<String, Integer> answers = new TreeMap<>();
    for (var i = 0; i < REQUESTS; i++) {
      answers.merge(service.request(), 1, Integer::sum);
    }
    var prefix = peer + "_balances_over_" + expected.size();
    report.check(
        prefix,
        answers.keySet().equals(expected)
            && answers.values().stream().allMatch(count -> count >= REQUESTS * MIN_SHARE));
    report.tell(prefix + "_answers", answers.toString());
  }

  /** How long it took until the condition held; -1 when it did not. A failed request is none. */
  private static long millisUntil(Duration limit, Callable<Boolean> condition) {
    var start = System.nanoTime();
    try {
      await()
          .atMost(limit)
          .pollDelay(Duration.ZERO)
          .pollInterval(POLL)
          .ignoreExceptions()
          .until(condition);
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    } catch (ConditionTimeoutException _) {
      return -1;
    }
  }
}
