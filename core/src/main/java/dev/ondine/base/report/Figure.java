package dev.ondine.base.report;

import java.util.Locale;

/**
 * One value that was found, and what it must be.
 *
 * @param name as in the JSON, with its unit: {@code first_request_ms}
 * @param value a number, a boolean or a text
 */
public record Figure(String name, Object value, Bound bound) {
  /** Rejects what JSON could not tell apart. */
  public Figure {
    if (!(value instanceof Number || value instanceof Boolean || value instanceof String)) {
      throw new IllegalArgumentException(name + " is no number, boolean or text: " + value);
    }
  }

  /** Whether the value keeps its bound. */
  public boolean met() {
    return bound.metBy(value);
  }

  /** A value for people: numbers with at most three decimals and no trailing zeros. */
  static String text(Object value) {
    if (!(value instanceof Double || value instanceof Float)) {
      return String.valueOf(value);
    }
    var text = String.format(Locale.ROOT, "%.3f", ((Number) value).doubleValue());
    return text.replaceFirst("\\.?0+$", "");
  }
}
