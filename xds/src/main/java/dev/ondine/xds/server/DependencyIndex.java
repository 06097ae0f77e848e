package dev.ondine.xds.server;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Which streams care about which dependency key, so that a change wakes only those. */
final class DependencyIndex {
  /** Somebody who is told of changes, on the changing thread; must not block. */
  interface Listener {
    void changed(Set<String> dependencies);
  }

  private final Map<String, Set<Listener>> byKey = new ConcurrentHashMap<>();
  private final Set<Listener> wildcards = ConcurrentHashMap.newKeySet();
  private final AtomicLong epoch = new AtomicLong();

  /**
   * Counts changes. A look-up whose dependencies were not yet registered is repeated when a change
   * came meanwhile, else the change would be lost.
   */
  long epoch() {
    return epoch.get();
  }

  void add(String key, Listener listener) {
    byKey.compute(
        key,
        (_, listeners) -> {
          var set = listeners == null ? ConcurrentHashMap.<Listener>newKeySet() : listeners;
          set.add(listener);
          return set;
        });
  }

  void remove(String key, Listener listener) {
    byKey.computeIfPresent(
        key,
        (_, listeners) -> {
          listeners.remove(listener);
          return listeners.isEmpty() ? null : listeners;
        });
  }

  void addWildcard(Listener listener) {
    wildcards.add(listener);
  }

  void removeWildcard(Listener listener) {
    wildcards.remove(listener);
  }

  /** Tells whoever registered one of the keys, and everyone with a wildcard. */
  void changed(Set<String> keys) {
    // Before the index is read: see epoch().
    epoch.incrementAndGet();
    var told = new HashSet<Listener>(wildcards);
    for (var key : keys) {
      told.addAll(byKey.getOrDefault(key, Set.of()));
    }
    told.forEach(listener -> listener.changed(keys));
  }

  /** How many keys somebody cares about. */
  int size() {
    return byKey.size();
  }
}
