package dev.ondine.proxy.discovery;

import dev.ondine.base.time.Scheduler;
import dev.ondine.base.time.Ticker;
import dev.ondine.model.DemandKey;
import dev.ondine.model.ServiceState;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One demanded name: what the loops see of it, and what {@link ServiceCache} keeps for it. */
final class Entry implements Services.Use {
  /** The use count of a name that is being forgotten; far enough from zero never to get there. */
  private static final int RETIRED = Integer.MIN_VALUE / 2;

  final DemandKey key;

  // Read and written by any thread.
  private volatile ServiceState state;
  private volatile long lastUsed;
  private final AtomicInteger uses = new AtomicInteger();
  private final LongAdder requests = new LongAdder();
  private final FailureWindow failures;
  private final Ticker ticker;

  // Confined to the scheduler of the ads client.
  final Set<Waiting> waiters = new LinkedHashSet<>();
  @Nullable BundleSubscriptions subscriptions;
  Scheduler.@Nullable Timer timer;
  private final long demandedAt;
  private long since;
  private @Nullable Duration waited;

  Entry(DemandKey key, Ticker ticker, DiscoverySettings settings) {
    this.key = key;
    this.ticker = ticker;
    this.state = new ServiceState.Unknown(key);
    this.demandedAt = ticker.nanos();
    this.since = demandedAt;
    this.lastUsed = demandedAt;
    this.failures = new FailureWindow(settings.connectFailures(), settings.resyncEvery().toNanos());
  }

  ServiceState state() {
    return state;
  }

  /** The scheduler's thread only. */
  void state(ServiceState next) {
    if (next.getClass() != state.getClass()) {
      since = ticker.nanos();
    }
    state = next;
  }

  /** When it entered its state. */
  long since() {
    return since;
  }

  /** The bundle is complete: remembers how long the first caller waited. */
  void found() {
    if (waited == null) {
      waited = Duration.ofNanos(ticker.nanos() - demandedAt);
    }
  }

  Optional<Duration> waited() {
    return Optional.ofNullable(waited);
  }

  /** Counts a use. Without effect on a name that is being forgotten: its user has the bundle. */
  void use() {
    uses.getAndIncrement();
    requests.increment();
    lastUsed = ticker.nanos();
  }

  @Override
  public void release() {
    lastUsed = ticker.nanos(); // first, so that it never looks unused for long
    uses.getAndDecrement();
  }

  /** Remembers that somebody asked, without keeping the name. */
  void touch() {
    lastUsed = ticker.nanos();
  }

  long lastUsed() {
    return lastUsed;
  }

  boolean inUse() {
    return uses.get() > 0;
  }

  /** Zero while it is in use. */
  Duration unused() {
    return inUse() ? Duration.ZERO : Duration.ofNanos(ticker.nanos() - lastUsed);
  }

  long requests() {
    return requests.sum();
  }

  /** True when this failure is the one that calls for a resync. */
  boolean connectFailed() {
    return failures.enough(ticker.nanos());
  }

  /** Gives the name up unless it is in use; from then on it cannot be used. */
  boolean retire() {
    return uses.compareAndSet(0, RETIRED);
  }

  void cancelTimer() {
    var current = timer;
    if (current != null) {
      current.cancel();
      timer = null;
    }
  }
}
