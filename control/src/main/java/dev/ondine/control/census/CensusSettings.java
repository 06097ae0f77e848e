package dev.ondine.control.census;

import java.time.Duration;

/**
 * Bounds of the census.
 *
 * @param maxWorkloads whose callers are remembered
 * @param maxCallers of each sort and workload; the oldest are left out
 * @param forgetAfter callers that were not seen, and workloads that were not heard of, for so long
 * @param window how long a caller in the clear stands in the way of strict
 * @param maxNamespaces that have figures of their own
 */
public record CensusSettings(
    int maxWorkloads, int maxCallers, Duration forgetAfter, Duration window, int maxNamespaces) {
  /** What holds where nothing else is said. */
  public static final CensusSettings DEFAULTS =
      new CensusSettings(20_000, 64, Duration.ofHours(1), Duration.ofMinutes(10), 1_000);
}
