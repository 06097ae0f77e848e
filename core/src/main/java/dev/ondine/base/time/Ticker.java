package dev.ondine.base.time;

/** A monotonic clock for measuring time that passes, in nanoseconds; its origin means nothing. */
@FunctionalInterface
public interface Ticker {
  /** Nanoseconds since an arbitrary moment; only differences count. */
  long nanos();

  /** The machine's monotonic clock. */
  static Ticker system() {
    return System::nanoTime;
  }
}
