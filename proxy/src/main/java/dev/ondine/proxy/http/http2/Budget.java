package dev.ondine.proxy.http.http2;

import dev.ondine.base.time.Ticker;
import java.time.Duration;

/**
 * How much more a peer may do without getting anywhere: spent by what costs us work for nothing,
 * earned by what has a use, full again after each window.
 *
 * <p>Rapid reset (CVE-2023-44487) and its relatives do only the former. A connection that carries
 * the calls of many clients sees many cancelled ones, too, but never without others that end well.
 */
final class Budget {
  private final int full;
  private final long windowNanos;
  private final Ticker ticker;
  private long windowStart;
  private int left;

  Budget(int full, Duration window, Ticker ticker) {
    this.full = full;
    this.windowNanos = window.toNanos();
    this.ticker = ticker;
    this.windowStart = ticker.nanos();
    this.left = full;
  }

  /** Takes one; false if there is none. */
  boolean spend() {
    var now = ticker.nanos();
    if (now - windowStart >= windowNanos) {
      windowStart = now;
      left = full;
    }
    return left > 0 && left-- > 0;
  }

  /** Gives some back, up to what there was at first. */
  void earn(int amount) {
    left = Math.min(full, left + amount);
  }
}
