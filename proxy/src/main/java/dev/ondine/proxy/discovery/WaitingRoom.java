package dev.ondine.proxy.discovery;

import dev.ondine.base.time.Scheduler;
import dev.ondine.model.DemandKey;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * Those who wait for names, how many may, and until when. Confined to the ads client's scheduler.
 */
final class WaitingRoom {
  private final DiscoverySettings settings;
  private final Scheduler ads;
  private final DiscoveryMetrics metrics;
  private final Consumer<Entry> empty;
  private boolean streamUp;
  private int waiters;

  /**
   * @param empty told when the last one who waited for a name has gone without an answer
   */
  WaitingRoom(
      DiscoverySettings settings, Scheduler ads, DiscoveryMetrics metrics, Consumer<Entry> empty) {
    this.settings = settings;
    this.ads = ads;
    this.metrics = metrics;
    this.empty = empty;
  }

  /** Any thread. */
  Waiting waiting(DemandKey key, Duration remaining, Scheduler loop, Consumer<Outcome> then) {
    return new Waiting(key, ads, loop, remaining, settings.maxWait(), then, this::left);
  }

  /** Starts the wait, or ends it at once where too many wait already. */
  void join(Entry entry, Waiting waiting) {
    if (entry.waiters.size() >= settings.waitersPerName() || waiters >= settings.waiters()) {
      tell(waiting, new Outcome.GaveUp(entry.key, Outcome.Why.OVERFLOW));
      return;
    }
    waiting.entry = entry;
    entry.waiters.add(waiting);
    count(1);
    waiting.run(streamUp, () -> timedOut(entry, waiting));
  }

  /** Lets the clock of discovery run, or stand. */
  void stream(boolean up, Collection<Entry> entries) {
    streamUp = up;
    for (var entry : entries) {
      for (var waiting : entry.waiters) {
        waiting.run(up, () -> timedOut(entry, waiting));
      }
    }
  }

  void tellAll(Entry entry, Outcome outcome) {
    count(-entry.waiters.size());
    entry.waiters.forEach(waiting -> tell(waiting, outcome));
    entry.waiters.clear();
  }

  void tell(Waiting waiting, Outcome outcome) {
    metrics.waited(outcome, ads.ticker().nanos() - waiting.since);
    waiting.tell(outcome);
  }

  private void timedOut(Entry entry, Waiting waiting) {
    tell(waiting, new Outcome.GaveUp(entry.key, Outcome.Why.TIMEOUT));
    remove(entry, waiting);
  }

  private void left(Waiting waiting) {
    metrics.left();
    if (waiting.entry != null) {
      remove(waiting.entry, waiting);
    }
  }

  private void remove(Entry entry, Waiting waiting) {
    entry.waiters.remove(waiting);
    count(-1);
    if (entry.waiters.isEmpty()) {
      empty.accept(entry);
    }
  }

  private void count(int more) {
    waiters += more;
    metrics.waiters.set(waiters);
  }
}
