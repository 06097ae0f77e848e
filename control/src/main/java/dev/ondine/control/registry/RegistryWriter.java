package dev.ondine.control.registry;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Mailbox;
import dev.ondine.base.time.Ticker;
import dev.ondine.control.store.LeaseNotFoundException;
import dev.ondine.control.store.Store;
import dev.ondine.control.store.StoreException;
import dev.ondine.control.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that changes the world: stores what was submitted, follows the store, publishes.
 *
 * <p>Changes that wait while it is busy are stored in one transaction and published as one world.
 */
final class RegistryWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryWriter.class);
  private static final int MAX_BATCH = 256;
  private static final int MAX_TRIES = 5;

  /** Few: one that drains, one that was woken, those of outages. */
  private static final int MAX_TASKS = 16;

  private static final long MAX_WAIT_SECONDS = 5;

  /** The newest world with what it was made of. */
  record Published(Holdings holdings, World world) {}

  private final Store store;
  private final RegistrySettings settings;
  private final RegistryMetrics metrics;
  private final Mailbox mailbox;
  private final ArrayBlockingQueue<Submission<?>> waiting;
  private final List<WorldListener> listeners = new CopyOnWriteArrayList<>();
  // Each of these tasks waits in the mailbox once, however often there is a reason for it.
  private final AtomicBoolean woken = new AtomicBoolean();
  private final AtomicBoolean draining = new AtomicBoolean();
  // Confined to the mailbox.
  private final StoreFollower follower;
  private final Outages outages;
  private final StoreWatch watch;
  private volatile Published published;
  private volatile boolean closed;

  private RegistryWriter(
      Store store, RegistrySettings settings, Ticker ticker, RegistryMetrics metrics) {
    this.store = store;
    this.settings = settings;
    this.metrics = metrics;
    waiting = new ArrayBlockingQueue<>(settings.waiting());
    follower = new StoreFollower(store);
    var all = follower.holdings();
    published = new Published(all, Worlds.of(all));
    metrics.published(published, Set.of());
    mailbox = Mailbox.start("registry", MAX_TASKS, ticker);
    outages = new Outages(settings.undeclaredGrace(), mailbox, this::forget);
    watch = new StoreWatch(store, all.revision(), this::wake);
  }

  /** Reads what is stored and starts. */
  static RegistryWriter start(
      Store store, RegistrySettings settings, Ticker ticker, Metrics metrics) {
    var writer = new RegistryWriter(store, settings, ticker, new RegistryMetrics(metrics));
    writer.mailbox.execute(() -> writer.outages.look(writer.published.holdings()));
    writer.watch.start();
    return writer;
  }

  Published published() {
    return published;
  }

  void listen(WorldListener listener) {
    listeners.add(listener);
  }

  /**
   * Plans and stores the change, and returns when it is published.
   *
   * @throws StoreException when it cannot be stored
   */
  <R> R write(Submission.Plan<R> plan) {
    var submission = new Submission<>(plan);
    try {
      if (!waiting.offer(submission, MAX_WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new StoreException("the registry is busy: " + settings.waiting() + " changes wait");
      }
      post(draining, this::drain);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted before the change was made", e);
    } catch (RejectedExecutionException e) {
      if (waiting.remove(submission)) {
        throw new StoreException("the registry takes no changes: " + e.getMessage(), e);
      }
    }
    return submission.await();
  }

  private void post(AtomicBoolean posted, Runnable task) {
    if (posted.compareAndSet(false, true)) {
      try {
        mailbox.execute(task);
      } catch (RejectedExecutionException e) {
        posted.set(false); // else nobody would post it ever again
        throw e;
      }
    }
  }

  private void drain() {
    draining.set(false); // before it looks: what comes from now on posts another
    var batch = new ArrayList<Submission<?>>();
    waiting.drainTo(batch, MAX_BATCH);
    if (!batch.isEmpty()) {
      write(batch);
    }
    if (!waiting.isEmpty()) {
      drainAgain();
    }
  }

  /** In its turn: other tasks wait, too. */
  private void drainAgain() {
    try {
      post(draining, this::drain);
    } catch (RejectedExecutionException e) {
      LOG.debug("closed: what waits is refused", e);
    }
  }

  private void write(List<Submission<?>> batch) {
    try {
      commit(batch);
      batch.forEach(Submission::done);
    } catch (StoreException e) {
      if (batch.size() == 1) {
        batch.getFirst().failed(e);
      } else {
        // One that the store does not take must not fail the others.
        batch.forEach(one -> write(List.of(one)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      batch.forEach(one -> one.failed(new StoreException("the registry is closed", e)));
    } catch (RuntimeException | Error e) {
      LOG.error("the registry's writer failed", e);
      batch.forEach(one -> one.failed(new StoreException("the registry failed: " + e, e)));
    }
  }

  private void commit(List<Submission<?>> batch) throws InterruptedException {
    for (var attempt = 1; attempt <= MAX_TRIES; attempt++) {
      catchUp();
      var draft = new Draft(follower.holdings(), settings.virtualIps());
      batch.forEach(submission -> submission.plan(draft));
      if (isStored(draft)) {
        catchUp();
        return;
      }
    }
    throw new StoreException("others changed the same things meanwhile, " + MAX_TRIES + " times");
  }

  /** False when the store has become different from what was planned with. */
  private boolean isStored(Draft draft) {
    var operations = draft.operations();
    if (operations.isEmpty()) {
      return true;
    }
    if (operations.size() > Transaction.MAX_OPERATIONS) {
      throw new StoreException(
          operations.size() + " changes at once are too many: " + Transaction.MAX_OPERATIONS);
    }
    try {
      return store.transact(new Transaction(draft.conditions(), operations)).committed();
    } catch (LeaseNotFoundException e) {
      LOG.debug("a lease ended while its workload was registered", e);
      return false;
    }
  }

  /** Takes in and publishes what the store did. */
  private void catchUp() throws InterruptedException {
    var services = follower.catchUp();
    var holdings = follower.holdings();
    if (holdings.revision() == published.holdings().revision()) {
      return;
    }
    var step = Worlds.after(published.world(), published.holdings(), holdings, services);
    published = new Published(holdings, step.world());
    metrics.published(published, step.changed());
    if (!step.changed().isEmpty()) {
      listeners.forEach(listener -> listener.changed(step.world(), step.changed()));
    }
    outages.look(holdings, services);
  }

  /** The outage of these services lasted. */
  private void forget(Set<ServiceKey> services) {
    write(
        List.of(
            new Submission<>(
                draft -> {
                  services.stream().filter(draft::isOut).forEach(draft::forget);
                  return true;
                })));
  }

  /** There may be something new in the store. */
  private void wake() {
    post(woken, this::wokenUp);
  }

  private void wokenUp() {
    woken.set(false);
    try {
      catchUp();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (StoreException e) {
      if (!closed) {
        LOG.error("the world is not up to date: {}", e.getMessage());
      }
    }
  }

  /** Takes no more changes, ends those that wait, and stops. */
  @Override
  public void close() {
    closed = true;
    watch.close();
    mailbox.close();
    follower.close();
    for (var left = waiting.poll(); left != null; left = waiting.poll()) {
      left.failed(new StoreException("the registry is closed"));
    }
  }
}
