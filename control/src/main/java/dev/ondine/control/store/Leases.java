package dev.ondine.control.store;

import dev.ondine.base.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * When each lease ends. In memory only: the store knows a lease's time to live, not its deadline.
 *
 * <p>Any thread; each method is short.
 */
final class Leases {
  /** How many leases there may be. */
  static final int MAX = 100_000;

  private record Life(Duration ttl, long deadline) {}

  /** A lease that is over and is being removed. */
  record Ended(long lease, Duration ttl) {}

  private final Ticker ticker;
  private final Map<Long, Life> lives = new HashMap<>();

  Leases(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Gives a lease its full time. */
  synchronized void begin(long lease, Duration ttl) {
    lives.put(lease, new Life(ttl, ticker.nanos() + ttl.toNanos()));
  }

  /** Gives a lease its full time again; false when there is none. */
  synchronized boolean renew(long lease) {
    var life = lives.get(lease);
    if (life == null) {
      return false;
    }
    begin(lease, life.ttl());
    return true;
  }

  /** Gives all leases their full time again. */
  synchronized void renewAll() {
    lives.replaceAll((_, life) -> new Life(life.ttl(), ticker.nanos() + life.ttl().toNanos()));
  }

  /** Forgets a lease. */
  synchronized void end(long lease) {
    lives.remove(lease);
  }

  /** Forgets a lease whose time is over; empty when it was renewed meanwhile, or is gone. */
  synchronized Optional<Ended> endIfOver(long lease) {
    var life = lives.get(lease);
    if (life == null || life.deadline() - ticker.nanos() > 0) {
      return Optional.empty();
    }
    lives.remove(lease);
    return Optional.of(new Ended(lease, life.ttl()));
  }

  /** The leases whose time is over. */
  synchronized List<Long> over() {
    var now = ticker.nanos();
    var over = new ArrayList<Long>();
    lives.forEach(
        (lease, life) -> {
          if (life.deadline() - now <= 0) {
            over.add(lease);
          }
        });
    return over;
  }

  synchronized int count() {
    return lives.size();
  }
}
