package dev.ondine.base.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/**
 * Durations as written in documents and settings: the format of Gateway API's GEP-2257.
 *
 * <p>One to four numbers of at most five digits, each with a unit {@code h}, {@code m}, {@code s}
 * or {@code ms}: {@code 10s}, {@code 1h30m}, {@code 0s}. No sign, fraction, space, or bare number.
 */
public final class Durations {
  /** What an error message says is allowed. */
  public static final String ALLOWED =
      "a duration such as 10s, 1m30s or 250ms: up to four numbers of at most five digits, each"
          + " with h, m, s or ms";

  // Ours, not a user's, and linear by construction: no RE2 needed.
  private static final Pattern FORMAT = Pattern.compile("(?:[0-9]{1,5}(?:h|m|s|ms)){1,4}");
  private static final Pattern PART = Pattern.compile("([0-9]+)(h|ms|m|s)");

  private Durations() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException naming the text and what is allowed
   */
  public static Duration parse(String text) {
    if (!FORMAT.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is not " + ALLOWED);
    }
    var total = Duration.ZERO;
    for (var part = PART.matcher(text); part.find(); ) {
      var number = Long.parseLong(part.group(1));
      total =
          total.plus(
              switch (part.group(2)) {
                case "h" -> Duration.ofHours(number);
                case "m" -> Duration.ofMinutes(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMillis(number);
              });
    }
    return total;
  }

  /**
   * Writes a duration in its shortest form, largest unit first.
   *
   * @throws IllegalArgumentException when the format has no such duration: negative, finer than a
   *     millisecond, or 100,000 hours and more
   */
  public static String format(Duration duration) {
    if (duration.isNegative()
        || !duration.equals(duration.truncatedTo(ChronoUnit.MILLIS))
        || duration.toHours() >= 100_000) {
      throw new IllegalArgumentException(duration + " cannot be written as " + ALLOWED);
    }
    if (duration.isZero()) {
      return "0s";
    }
    var text = new StringBuilder();
    append(text, duration.toHours(), "h");
    append(text, duration.toMinutesPart(), "m");
    append(text, duration.toSecondsPart(), "s");
    append(text, duration.toMillisPart(), "ms");
    return text.toString();
  }

  private static void append(StringBuilder text, long number, String unit) {
    if (number > 0) {
      text.append(number).append(unit);
    }
  }
}
