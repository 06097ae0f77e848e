package dev.ondine.proxy.discovery;

import dev.ondine.base.time.Ticker;
import java.time.Duration;

/** A rate with a burst: each take costs one token, tokens come back steadily. Confined. */
final class TokenBucket {
  private final long burstNanos;
  private final long nanosPerToken;
  private final Ticker ticker;
  private long emptyAt;

  /**
   * @param burst tokens when full, 1 or more
   * @param perSecond tokens that come back each second, 1 or more
   */
  TokenBucket(int burst, int perSecond, Ticker ticker) {
    this.nanosPerToken = 1_000_000_000L / perSecond;
    this.burstNanos = nanosPerToken * burst;
    this.ticker = ticker;
    this.emptyAt = ticker.nanos() - burstNanos;
  }

  /** Takes a token and answers zero, or takes none and answers how long until there is one. */
  Duration take() {
    var now = ticker.nanos();
    // The level is kept as the moment at which the bucket was, or would have been, empty.
    if (now - emptyAt > burstNanos) {
      emptyAt = now - burstNanos;
    }
    var level = now - emptyAt;
    if (level < nanosPerToken) {
      return Duration.ofNanos(nanosPerToken - level);
    }
    emptyAt += nanosPerToken;
    return Duration.ZERO;
  }
}
