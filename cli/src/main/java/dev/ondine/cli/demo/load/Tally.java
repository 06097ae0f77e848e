package dev.ondine.cli.demo.load;

import dev.ondine.cli.demo.check.Percentiles;
import java.util.ArrayList;
import java.util.List;

/** What became of a number of requests. Safe for use by many threads. */
final class Tally {
  private static final int FAILURES_KEPT = 10;

  private final List<Double> millis = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private int failed;

  /** What a tally says. */
  record Sum(int requests, int failed, double p50, double p99, List<String> failures) {}

  synchronized void add(String id, Answer answer) {
    millis.add(answer.millis());
    if (!answer.ok()) {
      failed++;
      if (failures.size() < FAILURES_KEPT) {
        failures.add(id + ": " + answer.reason());
      }
    }
  }

  synchronized Sum sum() {
    var percentiles = Percentiles.of(millis);
    return new Sum(
        millis.size(), failed, percentiles.at(50), percentiles.at(99), List.copyOf(failures));
  }
}
