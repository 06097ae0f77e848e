package dev.ondine.it.system.hostile;

import java.util.Locale;

/** Which way a case goes through a sidecar, seen from the workload. */
enum Direction {
  OUTBOUND,
  INBOUND;

  static Direction of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
