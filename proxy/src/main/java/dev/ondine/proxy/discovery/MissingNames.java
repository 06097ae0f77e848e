package dev.ondine.proxy.discovery;

import dev.ondine.base.time.Scheduler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;

/**
 * Names that are known not to exist, or to be denied: a bounded cache with an age. Confined.
 *
 * <p>In order of arrival with a second chance for what was asked for since: as good as exact
 * least-recently-used order here, and constant work per name under a flood of random ones.
 */
final class MissingNames {
  private final DiscoverySettings settings;
  private final Scheduler scheduler;
  private final Consumer<Entry> forget;
  private final LinkedHashMap<Entry, Long> queuedAt = new LinkedHashMap<>();
  private boolean expiringSoon;

  /**
   * @param forget told which name makes room or is too old; it is no longer here then
   */
  MissingNames(DiscoverySettings settings, Scheduler scheduler, Consumer<Entry> forget) {
    this.settings = settings;
    this.scheduler = scheduler;
    this.forget = forget;
  }

  void add(Entry entry) {
    queue(entry);
    for (var chances = queuedAt.size(); queuedAt.size() > settings.missingNames(); chances--) {
      var oldest = queuedAt.firstEntry();
      queuedAt.remove(oldest.getKey());
      if (chances > 0 && oldest.getKey().lastUsed() - oldest.getValue() > 0) {
        queue(oldest.getKey());
      } else {
        forget.accept(oldest.getKey());
      }
    }
    expireLater();
  }

  private void queue(Entry entry) {
    queuedAt.putLast(entry, entry.lastUsed());
  }

  void remove(Entry entry) {
    queuedAt.remove(entry);
  }

  private void expireLater() {
    if (!expiringSoon && !queuedAt.isEmpty()) {
      expiringSoon = true;
      scheduler.schedule(settings.missingFor().dividedBy(10), this::expire);
    }
  }

  /** Forgets what nobody has asked for during the maximum age. */
  private void expire() {
    for (var entry : List.copyOf(queuedAt.keySet())) {
      if (entry.unused().compareTo(settings.missingFor()) >= 0) {
        queuedAt.remove(entry);
        forget.accept(entry);
      }
    }
    expiringSoon = false;
    expireLater();
  }
}
