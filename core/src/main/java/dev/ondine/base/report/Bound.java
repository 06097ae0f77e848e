package dev.ondine.base.report;

import java.util.Objects;

/** What a figure must be. Its text is the one in tables and JSON. */
public sealed interface Bound {
  /** Whether a value keeps the bound. */
  boolean metBy(Object value);

  /** A number of at most {@code limit}. */
  record AtMost(double limit) implements Bound {
    @Override
    public boolean metBy(Object value) {
      return value instanceof Number number && number.doubleValue() <= limit;
    }

    @Override
    public String toString() {
      return "<= " + Figure.text(limit);
    }
  }

  /** A number of at least {@code limit}. */
  record AtLeast(double limit) implements Bound {
    @Override
    public boolean metBy(Object value) {
      return value instanceof Number number && number.doubleValue() >= limit;
    }

    @Override
    public String toString() {
      return ">= " + Figure.text(limit);
    }
  }

  /** Exactly this value; numbers by their value, whatever their type. */
  record Exactly(Object expected) implements Bound {
    @Override
    public boolean metBy(Object value) {
      if (value instanceof Number number && expected instanceof Number other) {
        return number.doubleValue() == other.doubleValue();
      }
      return Objects.equals(value, expected);
    }

    @Override
    public String toString() {
      return "= " + Figure.text(expected);
    }
  }

  /** A figure that is only told. */
  record None() implements Bound {
    @Override
    public boolean metBy(Object value) {
      return true;
    }

    @Override
    public String toString() {
      return "";
    }
  }
}
