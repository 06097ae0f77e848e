package dev.ondine.cli.demo.check;

import java.util.Arrays;
import java.util.Collection;

/** The order of some values, by nearest rank: each percentile is a value that occurred. */
public final class Percentiles {
  private final double[] sorted;

  private Percentiles(double[] sorted) {
    this.sorted = sorted;
  }

  /** Of these values; there may be none. */
  public static Percentiles of(Collection<? extends Number> values) {
    var sorted = values.stream().mapToDouble(Number::doubleValue).toArray();
    Arrays.sort(sorted);
    return new Percentiles(sorted);
  }

  /**
   * The least value that so many percent of all are not above.
   *
   * @param percent above 0, at most 100
   * @return not a number, when there are no values
   */
  public double at(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException(percent + " is not above 0 and at most 100");
    }
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.ceil(sorted.length * percent / 100) - 1];
  }

  /** The middle value. */
  public double median() {
    return at(50);
  }
}
