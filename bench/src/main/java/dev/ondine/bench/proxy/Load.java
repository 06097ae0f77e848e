package dev.ondine.bench.proxy;

import java.util.OptionalDouble;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What {@code wrk} found in one run.
 *
 * @param requests answered
 * @param seconds how long it ran
 * @param p50Millis the median latency
 * @param p99Millis the latency of all but one request in a hundred
 * @param failures answers that were no success, and socket errors
 */
record Load(long requests, double seconds, double p50Millis, double p99Millis, long failures) {
  private static final Pattern TOTAL = Pattern.compile("(\\d+) requests in ([0-9.]+)(us|ms|s|m)");
  private static final Pattern PERCENTILE =
      Pattern.compile("\\s(50|99)%\\s+([0-9.]+)(us|ms|s|m)\\b");
  private static final Pattern SOCKET_ERRORS =
      Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
  private static final Pattern BAD_ANSWERS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

  double requestsPerSecond() {
    return requests / seconds;
  }

  /**
   * Reads the output of {@code wrk --latency}.
   *
   * @throws IllegalArgumentException holding the output, when it is none
   */
  static Load parse(String output) {
    var total =
        TOTAL
            .matcher(output)
            .results()
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no output of wrk: " + output));
    return new Load(
        Long.parseLong(total.group(1)),
        millis(total.group(2), total.group(3)) / 1000,
        percentile(output, "50"),
        percentile(output, "99"),
        sum(SOCKET_ERRORS, output) + sum(BAD_ANSWERS, output));
  }

  private static double percentile(String output, String which) {
    OptionalDouble found =
        PERCENTILE
            .matcher(output)
            .results()
            .filter(line -> line.group(1).equals(which))
            .mapToDouble(line -> millis(line.group(2), line.group(3)))
            .findFirst();
    return found.orElseThrow(
        () -> new IllegalArgumentException("wrk told no " + which + "%: " + output));
  }

  private static long sum(Pattern pattern, String output) {
    return pattern.matcher(output).results().mapToLong(Load::sum).sum();
  }

  private static long sum(MatchResult counts) {
    var sum = 0L;
    for (var group = 1; group <= counts.groupCount(); group++) {
      sum += Long.parseLong(counts.group(group));
    }
    return sum;
  }

  private static double millis(String number, String unit) {
    var value = Double.parseDouble(number);
    return switch (unit) {
      case "us" -> value / 1000;
      case "ms" -> value;
      case "s" -> value * 1000;
      case "m" -> value * 60_000;
      default -> throw new IllegalArgumentException("no unit of wrk: " + unit);
    };
  }
}
