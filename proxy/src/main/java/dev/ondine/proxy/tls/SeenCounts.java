package dev.ondine.proxy.tls;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/**
 * Connections and requests by who made them, a bounded number of whom are told apart. Written by
 * all loops, without a lock.
 */
final class SeenCounts<K> {
  /** Who are told apart; the others are counted together. */
  private static final int MAX_KEYS = 1024;

  private final InstantSource clock;
  private final UnaryOperator<K> others;
  // Grows to its bound and is never emptied: a race adds a few more than that.
  private final Map<K, Counts> counts = new ConcurrentHashMap<>();

  private static final class Counts {
    private final LongAdder connections = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private volatile long lastSeen;
  }

  /** How one is told to the outside. */
  interface Form<K, R extends Record> {
    R of(K key, long connections, long requests, Instant lastSeen);
  }

  private record Seen<R extends Record>(R told, long lastSeen) {}

  /**
   * @param others under what somebody is counted who is not told apart; of few values
   */
  SeenCounts(InstantSource clock, UnaryOperator<K> others) {
    this.clock = clock;
    this.others = others;
  }

  void connected(K key) {
    seen(key).connections.increment();
  }

  void requested(K key) {
    seen(key).requests.increment();
  }

  private Counts seen(K key) {
    var found = counts.get(key);
    if (found == null) {
      var told = counts.size() < MAX_KEYS ? key : others.apply(key);
      found = counts.computeIfAbsent(told, _ -> new Counts());
    }
    found.lastSeen = clock.millis();
    return found;
  }

  /** Who was seen last first. */
  <R extends Record> List<R> all(Form<K, R> form) {
    return counts.entrySet().stream()
        .map(
            entry -> {
              var of = entry.getValue();
              var last = of.lastSeen;
              return new Seen<>(
                  form.of(
                      entry.getKey(),
                      of.connections.sum(),
                      of.requests.sum(),
                      Instant.ofEpochMilli(last)),
                  last);
            })
        .sorted(Comparator.<Seen<R>>comparingLong(Seen::lastSeen).reversed())
        .map(Seen::told)
        .toList();
  }
}
