package dev.ondine.base.metrics;

/**
 * Where figures are registered. Names and labels follow Prometheus; a label's values must come from
 * a bounded set, never from a caller's text.
 */
public interface Metrics {
  /** A total that only grows. */
  Counter counter(String name, String help, String... labels);

  /** A value that goes up and down. */
  Gauge gauge(String name, String help, String... labels);

  /** A distribution over the given upper bounds. */
  Histogram histogram(String name, String help, double[] bounds, String... labels);

  /** Everything registered, in the Prometheus text format 0.0.4. */
  String scrape();

  /** A total that only grows. */
  interface Counter {
    /** The series with these label values; keep it, the look-up is not for the fast path. */
    Counter with(String... values);

    /** Adds one. */
    default void increment() {
      add(1);
    }

    /** Adds this much, not negative. */
    void add(long amount);
  }

  /** A value that goes up and down. */
  interface Gauge {
    /** The series with these label values. */
    Gauge with(String... values);

    /** Sets the value. */
    void set(double value);

    /** Adds to the value; may be negative. */
    void add(double amount);
  }

  /** A distribution. */
  interface Histogram {
    /** The series with these label values. */
    Histogram with(String... values);

    /** Counts one observation. */
    void observe(double value);
  }
}
