package dev.ondine.control.census;

import dev.ondine.control.registry.WorkloadKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sidecars' reports of who calls their workloads, in memory: after a restart of control they
 * come again with the next registration. For any thread.
 */
public final class Census {
  private static final Logger LOG = LoggerFactory.getLogger(Census.class);

  private final CensusSettings settings;
  private final InstantSource clock;
  private final Map<WorkloadKey, Kept> reports = new ConcurrentHashMap<>();

  private record Kept(Report report, Instant heard) {}

  /** Nothing was reported yet. */
  public Census(CensusSettings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** The bounds. */
  public CensusSettings settings() {
    return settings;
  }

  /** The time by which reports are judged. */
  public Instant now() {
    return clock.instant();
  }

  /** Takes what a sidecar said instead of what it said before. */
  public void reported(WorkloadKey workload, Report report) {
    var now = clock.instant();
    if (!reports.containsKey(workload) && reports.size() >= settings.maxWorkloads()) {
      forgetSilent(now);
      if (reports.size() >= settings.maxWorkloads()) {
        LOG.warn(
            "callers of {} are not remembered: there is room for {} workloads",
            workload,
            settings.maxWorkloads());
        return;
      }
    }
    var kept = report.newerThan(now.minus(settings.forgetAfter()), settings.maxCallers());
    reports.put(workload, new Kept(kept, now));
  }

  /** A sidecar has nothing new to say. */
  public void unchanged(WorkloadKey workload) {
    reports.computeIfPresent(workload, (_, kept) -> new Kept(kept.report(), clock.instant()));
  }

  /** Forgets a workload that is gone. */
  public void gone(WorkloadKey workload) {
    reports.remove(workload);
  }

  /** What is known of a workload's callers; empty: its sidecar has not said anything. */
  public Optional<Report> report(WorkloadKey workload) {
    var oldest = clock.instant().minus(settings.forgetAfter());
    return Optional.ofNullable(reports.get(workload))
        .filter(kept -> !kept.heard().isBefore(oldest))
        .map(kept -> kept.report().newerThan(oldest, settings.maxCallers()));
  }

  private void forgetSilent(Instant now) {
    var oldest = now.minus(settings.forgetAfter());
    reports.values().removeIf(kept -> kept.heard().isBefore(oldest));
  }
}
