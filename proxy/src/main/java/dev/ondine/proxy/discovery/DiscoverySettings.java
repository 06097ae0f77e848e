package dev.ondine.proxy.discovery;

import java.time.Duration;

/**
 * The bounds of on-demand discovery. Each has a metric and a defined answer when it is hit.
 *
 * @param maxWait how long a caller waits for a name at most; the clock stands while the stream to
 *     control is down
 * @param namesInFlight names asked for and not answered; further ones queue
 * @param namesQueued names that wait for their turn to be asked for; beyond it {@link
 *     Outcome.Why#OVERFLOW}
 * @param burst flushes of new names that may leave at once
 * @param perSecond flushes of new names per second, sustained
 * @param waitersPerName callers that wait for one name; beyond it {@link Outcome.Why#OVERFLOW}
 * @param heldBytes request bytes that all waiting callers of this sidecar together may have sent
 *     ahead
 * @param missingNames names known not to exist, or denied, that are remembered and stay subscribed
 * @param missingFor how long such a name is remembered after its last use
 * @param warmNames names with a complete bundle; beyond it the least recently used one without
 *     references makes room, else {@link Outcome.Why#CAPACITY}
 * @param idle a name without references unused for this long becomes Idle
 * @param idleJitter at most so much longer, chosen at random, until it is Draining, so that
 *     sidecars do not forget in step
 * @param drain from Draining to unsubscribed
 * @param connectFailures connect failures within {@code resyncEvery} that make a name Resync
 * @param resyncEvery at most one Resync per name in this time
 */
public record DiscoverySettings(
    Duration maxWait,
    int namesInFlight,
    int namesQueued,
    int burst,
    int perSecond,
    int waitersPerName,
    long heldBytes,
    int missingNames,
    Duration missingFor,
    int warmNames,
    Duration idle,
    Duration idleJitter,
    Duration drain,
    int connectFailures,
    Duration resyncEvery) {

  /** The defaults, as documented in docs/design/on-demand.md. */
  public static final DiscoverySettings DEFAULTS =
      new DiscoverySettings(
          Duration.ofSeconds(2),
          1_024,
          4_096,
          1_024,
          300,
          1_024,
          16L << 20,
          4_096,
          Duration.ofMinutes(10),
          1_024,
          Duration.ofMinutes(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(1),
          3,
          Duration.ofSeconds(10));

  public DiscoverySettings {
    atLeast("namesInFlight", namesInFlight, 1);
    atLeast("namesQueued", namesQueued, 1);
    atLeast("burst", burst, 1);
    atLeast("perSecond", perSecond, 1);
    atLeast("waitersPerName", waitersPerName, 1);
    atLeast("heldBytes", heldBytes, 0);
    atLeast("missingNames", missingNames, 1);
    atLeast("warmNames", warmNames, 1);
    atLeast("connectFailures", connectFailures, 1);
    positive("maxWait", maxWait);
    positive("missingFor", missingFor);
    positive("idle", idle);
    positive("resyncEvery", resyncEvery);
    notNegative("idleJitter", idleJitter);
    notNegative("drain", drain);
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException("discovery." + name + ": " + value + " is below " + least);
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException("discovery." + name + ": " + value + " is not positive");
    }
  }

  private static void notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("discovery." + name + ": " + value + " is negative");
    }
  }
}
