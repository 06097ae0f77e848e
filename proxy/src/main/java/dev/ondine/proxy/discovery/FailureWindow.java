package dev.ondine.proxy.discovery;

/** Counts failures in a window that opens with the first one; says once per window "enough". */
final class FailureWindow {
  private final int threshold;
  private final long windowNanos;
  private boolean open;
  private long openedAt;
  private int count;

  FailureWindow(int threshold, long windowNanos) {
    this.threshold = threshold;
    this.windowNanos = windowNanos;
  }

  /** Counts one failure; true when it is the one that reaches the threshold. Any thread. */
  synchronized boolean enough(long now) {
    if (!open || now - openedAt >= windowNanos) {
      open = true;
      openedAt = now;
      count = 0;
    }
    count++;
    return count == threshold;
  }
}
