package dev.ondine.control.registry;

import java.time.Duration;

/**
 * The times and bounds of the registry.
 *
 * @param ttl a registered workload that sends no heartbeat for this long is gone; sidecars send one
 *     every 5 s, so two may get lost
 * @param undeclaredGrace how long a service that no document declares outlives its last workload:
 *     callers then get "no endpoints" instead of "no such service", because all instances may just
 *     be restarting
 * @param virtualIps how many services may have one, counted from 240.240.0.1
 * @param waiting how many changes may wait for the writer; a further one waits for its turn, at
 *     most 5 s
 */
public record RegistrySettings(
    Duration ttl, Duration undeclaredGrace, int virtualIps, int waiting) {
  /** From 240.240.0.1 to 240.240.254.255; what is above has meanings of its own for sidecars. */
  public static final int ALL_VIRTUAL_IPS = 255 * 256 - 1;

  public static final RegistrySettings DEFAULTS =
      new RegistrySettings(Duration.ofSeconds(15), Duration.ofMinutes(10), ALL_VIRTUAL_IPS, 1_024);

  public RegistrySettings {
    if (ttl.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("registry.ttl: " + ttl + " is below 1s");
    }
    if (undeclaredGrace.isNegative()) {
      throw new IllegalArgumentException(
          "registry.undeclaredGrace: " + undeclaredGrace + " is negative");
    }
    if (virtualIps < 1 || virtualIps > ALL_VIRTUAL_IPS) {
      throw new IllegalArgumentException(
          "registry.virtualIps: " + virtualIps + " is not 1 to " + ALL_VIRTUAL_IPS);
    }
    if (waiting < 1) {
      throw new IllegalArgumentException("registry.waiting: " + waiting + " is below 1");
    }
  }
}
