package dev.ondine.proxy.http.http2;

import java.time.Duration;

/**
 * When a connection whose streams are silent is probed by PING (RFC 9113, section 6.7).
 *
 * <p>Servers of others may take frequent PINGs for abuse, so only endpoints with a sidecar of ours
 * are probed.
 *
 * @param interval of silence before a PING; zero for none
 * @param timeout for anything to come after it
 */
public record Keepalive(Duration interval, Duration timeout) {
  /** Finds a dead peer within 15 seconds. */
  public static final Keepalive DEFAULT =
      new Keepalive(Duration.ofSeconds(10), Duration.ofSeconds(5));

  /** Never probes. */
  public static final Keepalive OFF = new Keepalive(Duration.ZERO, Duration.ZERO);

  public Keepalive {
    if (interval.isNegative() || (!interval.isZero() && !timeout.isPositive())) {
      throw new IllegalArgumentException("keepalive of " + interval + " and " + timeout);
    }
  }

  boolean isOn() {
    return interval.isPositive();
  }
}
