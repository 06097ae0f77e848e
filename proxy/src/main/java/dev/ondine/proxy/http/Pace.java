package dev.ondine.proxy.http;

import java.time.Duration;

/**
 * Whether a peer that is waited for keeps a least rate. Confined to its loop.
 *
 * <p>Each second of waiting puts it one behind, each byte that moves takes back its share; what it
 * is ahead is forgotten, so that a fast beginning buys no long pause.
 */
public final class Pace {
  private static final long SECOND = 1_000_000_000;

  private final int bytesPerSecond;
  private long even; // when it was, or would have been, neither behind nor ahead

  /**
   * The pace of one direction.
   *
   * @param bytesPerSecond 0: any pace will do
   */
  public Pace(int bytesPerSecond, long nowNanos) {
    this.bytesPerSecond = bytesPerSecond;
    this.even = nowNanos;
  }

  /** The peer is not to blame for the time until now. */
  public void excuse(long nowNanos) {
    even = nowNanos;
  }

  /** So many bytes moved. */
  public void moved(long bytes, long nowNanos) {
    if (bytesPerSecond > 0) {
      even += Math.min(nowNanos - even, bytes * SECOND / bytesPerSecond);
    }
  }

  /** True if it is further behind than the grace allows. */
  public boolean isTooSlow(Duration grace, long nowNanos) {
    return bytesPerSecond > 0 && nowNanos - even > grace.toNanos();
  }
}
