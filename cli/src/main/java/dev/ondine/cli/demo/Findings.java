package dev.ondine.cli.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.ondine.base.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What the demo found: values by name, and those of them that have a bound. */
final class Findings {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Report report = new Report();
  private final boolean timesCount;
  private final Set<String> times = new HashSet<>();

  /**
   * @param timesCount whether a missed bound of a time counts as missed; it is written as such in
   *     any case
   */
  Findings(boolean timesCount) {
    this.timesCount = timesCount;
  }

  /** Notes a value without a bound. */
  void tell(String name, Object value) {
    values.put(name, value);
  }

  /** Notes a number that must not be above the limit. */
  void atMost(String name, double value, double limit) {
    values.put(name, plain(value));
    report.atMost(name, value, limit);
  }

  /** Notes a time that must not be above the limit, on a machine that does nothing else. */
  void within(String name, double value, double limit) {
    times.add(name);
    atMost(name, value, limit);
  }

  /** Notes a number that must not be below the limit. */
  void atLeast(String name, double value, double limit) {
    values.put(name, plain(value));
    report.atLeast(name, value, limit);
  }

  /** Notes a value that must be another. */
  void exactly(String name, Object value, Object expected) {
    values.put(name, value);
    report.exactly(name, value, expected);
  }

  /** Whole numbers without a fraction. */
  private static Object plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? (Object) (long) value
        : rounded(value);
  }

  /** A number that a person can read. */
  static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }

  /** How many bounds there are so far. */
  int bounds() {
    return report.figures().size();
  }

  /** The bounds that were missed, from the given number on, for people. */
  String missedFrom(int first) {
    var missed = new StringBuilder();
    report.figures().stream()
        .skip(first)
        .filter(figure -> !figure.met() && (timesCount || !times.contains(figure.name())))
        .forEach(
            figure ->
                missed
                    .append(missed.isEmpty() ? "" : ", ")
                    .append(figure.name())
                    .append(' ')
                    .append(figure.value())
                    .append(" must be ")
                    .append(figure.bound()));
    return missed.toString();
  }

  /** Writes the values and, as {@code targets}, the bounds. */
  void write(Path file) throws IOException {
    var all = new LinkedHashMap<>(values);
    all.put("targets", report.targets());
    Files.writeString(file, JSON.writeValueAsString(all) + "\n");
  }
}
