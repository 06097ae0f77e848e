package dev.ondine.proxy.discovery;

import dev.ondine.base.config.SettingsReader;
import java.time.Duration;
import java.util.Map;

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
 * @param waiters callers that wait for all names together; beyond it {@link Outcome.Why#OVERFLOW}
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
    int waiters,
    int heldBytes,
    int missingNames,
    Duration missingFor,
    int warmNames,
    Duration idle,
    Duration idleJitter,
    Duration drain,
    int connectFailures,
    Duration resyncEvery) {

  /** The defaults, as documented in docs/design/on-demand.md. */
  public static final DiscoverySettings DEFAULTS = parse(Map.of());

  /**
   * The defaults with some settings replaced.
   *
   * @param given texts by the names above; durations as {@code 250ms} or {@code 5m}
   * @throws IllegalArgumentException naming the setting, its value and what is allowed
   */
  public static DiscoverySettings parse(Map<String, String> given) {
    var settings = new SettingsReader("discovery", given);
    var parsed =
        new DiscoverySettings(
            settings.duration("maxWait", Duration.ofSeconds(2)),
            settings.integer("namesInFlight", 1_024),
            settings.integer("namesQueued", 4_096),
            settings.integer("burst", 1_024),
            settings.integer("perSecond", 300),
            settings.integer("waitersPerName", 1_024),
            settings.integer("waiters", 32_768),
            settings.integer("heldBytes", 16 << 20),
            settings.integer("missingNames", 4_096),
            settings.duration("missingFor", Duration.ofMinutes(10)),
            settings.integer("warmNames", 1_024),
            settings.duration("idle", Duration.ofMinutes(5)),
            settings.duration("idleJitter", Duration.ofSeconds(30)),
            settings.duration("drain", Duration.ofSeconds(1)),
            settings.integer("connectFailures", 3),
            settings.duration("resyncEvery", Duration.ofSeconds(10)));
    settings.refuseOthers();
    return parsed;
  }

  public DiscoverySettings {
    atLeast("namesInFlight", namesInFlight, 1);
    atLeast("namesQueued", namesQueued, 1);
    atLeast("burst", burst, 1);
    atLeast("perSecond", perSecond, 1);
    atLeast("waitersPerName", waitersPerName, 1);
    atLeast("waiters", waiters, 1);
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

  private static void atLeast(String name, int value, int least) {
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
