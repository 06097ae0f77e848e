package dev.ondine.bench.proxy;

import java.util.List;
import java.util.Locale;

/** The median of some values and how far they lie apart. */
record Spread(double median, double min, double max) {
  /** Of at least one value. */
  static Spread of(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    var middle = sorted.size() / 2;
    var median =
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    return new Spread(median, sorted.getFirst(), sorted.getLast());
  }

  /** For people, with so many decimals. */
  String text(int decimals) {
    var format = "%." + decimals + "f";
    return String.format(
        Locale.ROOT, format + " (" + format + " .. " + format + ")", median, min, max);
  }
}
