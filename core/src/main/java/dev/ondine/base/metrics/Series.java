package dev.ondine.base.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The series of one metric by label values, at most {@link PrometheusMetrics#MAX_SERIES}.
 *
 * @param <S> one series
 */
final class Series<S> {
  private final String metric;
  private final int labels;
  private final Function<String[], S> make;
  private final ConcurrentHashMap<List<String>, S> byValues = new ConcurrentHashMap<>();

  Series(String metric, int labels, Function<String[], S> make) {
    this.metric = metric;
    this.labels = labels;
    this.make = make;
  }

  String metric() {
    return metric;
  }

  S with(String... values) {
    if (values.length != labels) {
      throw new IllegalArgumentException(
          "metric "
              + metric
              + " has "
              + labels
              + " labels, not the values "
              + Arrays.toString(values));
    }
    var key = List.of(values);
    var known = byValues.get(key);
    if (known != null) {
      return known;
    }
    // Racing threads may exceed the bound by their number: a bound on memory need not be exact.
    if (byValues.size() >= PrometheusMetrics.MAX_SERIES) {
      var overflow = new String[labels];
      Arrays.fill(overflow, PrometheusMetrics.OVERFLOW);
      return make(overflow);
    }
    return make(values);
  }

  private S make(String[] values) {
    return byValues.computeIfAbsent(List.of(values), key -> make.apply(key.toArray(String[]::new)));
  }
}
