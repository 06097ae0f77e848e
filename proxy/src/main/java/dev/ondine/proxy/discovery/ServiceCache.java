package dev.ondine.proxy.discovery;

import static java.util.Objects.requireNonNull;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Scheduler;
import dev.ondine.model.Bundle;
import dev.ondine.model.DemandKey;
import dev.ondine.model.ServiceState;
import dev.ondine.model.ServiceState.Denied;
import dev.ondine.model.ServiceState.Draining;
import dev.ondine.model.ServiceState.Idle;
import dev.ondine.model.ServiceState.Missing;
import dev.ondine.model.ServiceState.Requested;
import dev.ondine.model.ServiceState.Resync;
import dev.ondine.model.ServiceState.Serving;
import dev.ondine.model.ServiceState.Unknown;
import dev.ondine.model.ServiceState.Warm;
import dev.ondine.xds.client.AdsClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The state machine of on-demand discovery: every name that this sidecar has met, and its state.
 *
 * <pre>
 *   Unknown → Requested → Warm → Idle → Draining → Unknown
 *             Requested → Missing | Denied          Warm → Resync → Warm
 * </pre>
 *
 * <p>Missing and Denied become Warm when control changes its mind, and a service that is removed
 * goes from a serving state to Missing. Readers on the event loops see a concurrent map; everything
 * else happens on one thread, the scheduler of the ads client. See docs/design/on-demand.md.
 */
public final class ServiceCache implements Services {
  private static final Use NOT_KEPT = () -> {};

  private final AdsClient client;
  private final Scheduler ads;
  private final DiscoverySettings settings;
  private final RandomGenerator random;
  private final DiscoveryMetrics metrics;

  /** Read by all loops, changed by the scheduler only. */
  private final ConcurrentMap<DemandKey, Entry> entries = new ConcurrentHashMap<>();

  private final WaitingRoom room;
  private final DemandQueue queue;
  private final MissingNames missing;
  private int serving;

  /** Written by the scheduler only. */
  private volatile boolean streamUp;

  private volatile long downSince;

  /**
   * @param namespace the sidecar's own
   * @param random spreads the idle times of many sidecars
   */
  public ServiceCache(
      AdsClient client,
      String namespace,
      DiscoverySettings settings,
      RandomGenerator random,
      Metrics metrics) {
    this.client = client;
    this.ads = client.scheduler();
    this.settings = settings;
    this.random = random;
    this.metrics = new DiscoveryMetrics(metrics);
    this.room = new WaitingRoom(settings, ads, this.metrics, this::abandoned);
    this.queue = new DemandQueue(settings, namespace, client, this.metrics, this::ask);
    this.downSince = ads.ticker().nanos();
    this.missing = new MissingNames(settings, ads, entry -> forget(entry, "missing_unused"));
  }

  /** Begins to follow the stream; once, before the first demand. */
  public void start() {
    ads.execute(
        () ->
            client.onStream(
                new AdsClient.StreamWatcher() {
                  @Override
                  public void up(String server) {
                    stream(true);
                  }

                  @Override
                  public void down(String reason) {
                    stream(false);
                  }
                }));
  }

  // ---- any thread --------------------------------------------------------------------------

  @Override
  public ServiceState get(DemandKey key) {
    var entry = entries.get(key);
    if (entry == null) {
      return new Unknown(key);
    }
    var state = entry.state();
    if (state instanceof Missing || state instanceof Denied) {
      entry.touch(); // whoever asks for a missing name again keeps us watching for it
    }
    return state;
  }

  @Override
  public boolean reachable() {
    return streamUp || ads.ticker().nanos() - downSince < settings.maxWait().toNanos();
  }

  @Override
  public Use use(DemandKey key) {
    var entry = entries.get(key);
    if (entry == null) {
      return NOT_KEPT;
    }
    entry.use();
    if (!(entry.state() instanceof Warm)) {
      post(() -> used(entry));
    }
    return entry;
  }

  @Override
  public Waiter await(DemandKey key, Duration remaining, Scheduler loop, Consumer<Outcome> then) {
    var waiting = room.waiting(key, remaining, loop, then);
    if (!post(() -> demand(waiting))) {
      waiting.refuse(new Outcome.GaveUp(key, Outcome.Why.OVERFLOW));
    }
    return waiting;
  }

  @Override
  public void connectFailed(DemandKey key) {
    var entry = entries.get(key);
    if (entry != null && entry.connectFailed()) {
      post(() -> resync(entry));
    }
  }

  /** Tells, on the scheduler of the ads client, what is known of every name. */
  public void report(Consumer<List<NameReport>> then) {
    ads.execute(
        () -> {
          var now = ads.ticker().nanos();
          then.accept(entries.values().stream().map(entry -> NameReport.of(entry, now)).toList());
        });
  }

  /** False when the scheduler has more to do than it can. */
  private boolean post(Runnable task) {
    try {
      ads.execute(task);
      return true;
    } catch (RejectedExecutionException _) {
      return false;
    }
  }

  // ---- a demand ----------------------------------------------------------------------------

  private void demand(Waiting waiting) {
    var entry = entries.computeIfAbsent(waiting.key, key -> new Entry(key, ads.ticker(), settings));
    entry.touch();
    switch (entry.state()) {
      case Serving state -> room.tell(waiting, new Outcome.Found(state));
      case Missing _ -> room.tell(waiting, new Outcome.Missing(entry.key));
      case Denied(var key, var reason) -> room.tell(waiting, new Outcome.Denied(key, reason));
      case Unknown _ -> {
        if (queue.offer(entry)) {
          become(entry, new Requested(entry.key));
          room.join(entry, waiting);
        } else {
          entries.remove(entry.key);
          room.tell(waiting, new Outcome.GaveUp(entry.key, Outcome.Why.OVERFLOW));
        }
      }
      case Requested _ -> room.join(entry, waiting);
    }
  }

  private void ask(Entry entry) {
    var subscriptions = new BundleSubscriptions(entry.key, client, new Answers(entry));
    entry.subscriptions = subscriptions;
    metrics.asked.increment();
    arm(entry, settings.maxWait());
    subscriptions.open();
  }

  // ---- what control answers ----------------------------------------------------------------

  private final class Answers implements BundleSubscriptions.Watcher {
    private final Entry entry;

    Answers(Entry entry) {
      this.entry = entry;
    }

    @Override
    public void complete(Bundle bundle) {
      switch (entry.state()) {
        case Requested _, Missing _, Denied _ -> found(entry, bundle);
        case Warm _ -> entry.state(new Warm(bundle));
        case Idle _ -> entry.state(new Idle(bundle));
        case Draining _ -> entry.state(new Draining(bundle));
        case Resync _ -> {
          if (requireNonNull(entry.subscriptions).resyncing()) {
            entry.state(new Resync(bundle));
          } else {
            become(entry, new Warm(bundle));
          }
        }
        case Unknown _ -> throw new IllegalStateException("forgotten, yet subscribed");
      }
    }

    @Override
    public void absent() {
      if (!(entry.state() instanceof Missing)) {
        refused(entry, new Missing(entry.key), new Outcome.Missing(entry.key));
      }
    }

    @Override
    public void denied(String reason) {
      if (!(entry.state() instanceof Denied(var _, var before) && before.equals(reason))) {
        refused(entry, new Denied(entry.key, reason), new Outcome.Denied(entry.key, reason));
      }
    }
  }

  private void found(Entry entry, Bundle bundle) {
    if (!makeRoom()) {
      room.tellAll(entry, new Outcome.GaveUp(entry.key, Outcome.Why.CAPACITY));
      forget(entry, "capacity");
      return;
    }
    var warm = new Warm(bundle);
    queue.found(entry.key);
    entry.touch();
    if (entry.state() instanceof Requested) {
      entry.found();
    }
    become(entry, warm);
    room.tellAll(entry, new Outcome.Found(warm));
  }

  /** The subscription is kept: what is created or allowed later is pushed, and usable at once. */
  private void refused(Entry entry, ServiceState state, Outcome outcome) {
    become(entry, state);
    missing.add(entry);
    room.tellAll(entry, outcome);
  }

  /** Takes the slot of the least recently used name that nobody uses. */
  private boolean makeRoom() {
    while (serving >= settings.warmNames()) {
      var oldest =
          entries.values().stream()
              .filter(entry -> entry.state() instanceof Serving && !entry.inUse())
              .min((a, b) -> Long.signum(a.lastUsed() - b.lastUsed()));
      if (oldest.isEmpty()) {
        return false;
      }
      if (oldest.get().retire()) { // else it was taken into use just now
        forget(oldest.get(), "least_recently_used");
      }
    }
    return true;
  }

  // ---- doubt, and time -----------------------------------------------------------------------

  private void resync(Entry entry) {
    if (entry.state() instanceof Serving state && !(state instanceof Resync)) {
      become(entry, new Resync(state.bundle()));
      metrics.asked.increment();
      requireNonNull(entry.subscriptions).resync();
    }
  }

  private void used(Entry entry) {
    switch (entry.state()) {
      case Idle(var bundle) -> become(entry, new Warm(bundle));
      case Draining(var bundle) -> become(entry, new Warm(bundle));
      case Unknown _, Requested _, Warm _, Resync _, Missing _, Denied _ -> {}
    }
  }

  private void timePassed(Entry entry) {
    var left = settings.idle().minus(entry.unused());
    // Without control nothing is forgotten: it could not be learnt again.
    var isIdle = !left.isPositive() && streamUp;
    switch (entry.state()) {
      case Requested _ -> unanswered(entry);
      case Warm(var bundle) -> {
        if (isIdle) {
          become(entry, new Idle(bundle));
        } else {
          arm(entry, left.isPositive() ? left : settings.idle());
        }
      }
      case Idle(var bundle) -> become(entry, isIdle ? new Draining(bundle) : new Warm(bundle));
      case Draining(var bundle) -> {
        if (isIdle && entry.retire()) {
          forget(entry, "idle");
        } else {
          become(entry, new Warm(bundle));
        }
      }
      case Resync(var bundle) -> become(entry, new Warm(bundle)); // no answer: last good wins
      case Unknown _, Missing _, Denied _ -> {}
    }
  }

  /** Asks again for those who came later; without them the next request will ask again. */
  private void unanswered(Entry entry) {
    if (entry.waiters.isEmpty()) {
      forget(entry, "unanswered");
      return;
    }
    if (streamUp) {
      metrics.asked.increment();
      requireNonNull(entry.subscriptions).resync();
    }
    arm(entry, settings.maxWait());
  }

  /** Whoever waited has gone; a name that was not asked for yet need not be. */
  private void abandoned(Entry entry) {
    if (queue.remove(entry)) {
      forget(entry, "never_asked");
    }
  }

  private void stream(boolean up) {
    if (streamUp && !up) {
      downSince = ads.ticker().nanos();
    }
    streamUp = up;
    metrics.streamUp.set(up ? 1 : 0);
    room.stream(up, entries.values());
  }

  // ---- every change of state passes here -------------------------------------------------------

  private void become(Entry entry, ServiceState next) {
    var before = entry.state();
    metrics.transition(before, next);
    serving += (next instanceof Serving ? 1 : 0) - (before instanceof Serving ? 1 : 0);
    if (before instanceof Requested && entry.subscriptions != null) {
      queue.answered();
    }
    if (before instanceof Missing || before instanceof Denied) {
      missing.remove(entry);
    }
    entry.state(next);
    switch (next) {
      case Warm _ -> arm(entry, settings.idle());
      case Idle _ ->
          arm(entry, Duration.ofNanos(random.nextLong(settings.idleJitter().toNanos() + 1)));
      case Draining _ -> arm(entry, settings.drain());
      case Resync _ -> arm(entry, settings.maxWait());
      case Requested _, Missing _, Denied _, Unknown _ -> entry.cancelTimer();
    }
  }

  private void forget(Entry entry, String cause) {
    become(entry, new Unknown(entry.key));
    entries.remove(entry.key);
    if (entry.subscriptions != null) {
      entry.subscriptions.close();
    }
    metrics.forgotten(cause);
  }

  private void arm(Entry entry, Duration delay) {
    entry.cancelTimer();
    entry.timer = ads.schedule(delay, () -> timePassed(entry));
  }
}
