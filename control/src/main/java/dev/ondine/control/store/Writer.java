package dev.ondine.control.store;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Ticker;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes.
 *
 * <p>Changes that wait while it is busy are made in one SQLite transaction: they share the cost of
 * reaching the disk.
 */
final class Writer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
  private static final int MAX_WAITING = 1_024;
  private static final int MAX_BATCH = 256;
  private static final long MAX_WAIT_SECONDS = 5;
  private static final int COMPACTION_STEP = 1_000;
  private static final double[] COMMIT_BOUNDS = {
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5
  };

  private final Tables tables;
  private final SqliteErrors errors;
  private final Revisions revisions;
  private final long keptRevisions;
  private final Ticker ticker;
  private final Metrics.Histogram commits;
  private final Metrics.Gauge readOnly;
  private final ArrayBlockingQueue<Pending<?>> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final Thread thread;
  private volatile boolean ended;
  private volatile Optional<String> readOnlyReason = Optional.empty();

  Writer(
      Tables tables,
      SqliteErrors errors,
      Revisions revisions,
      long keptRevisions,
      Ticker ticker,
      Metrics metrics) {
    this.tables = tables;
    this.errors = errors;
    this.revisions = revisions;
    this.keptRevisions = keptRevisions;
    this.ticker = ticker;
    this.commits =
        metrics.histogram(
            "ondine_store_commit_seconds",
            "Time to make a batch of changes durable.",
            COMMIT_BOUNDS);
    this.readOnly =
        metrics.gauge("ondine_store_read_only", "1 while the store takes no changes, else 0.");
    // A platform thread: SQLite is native code, which would pin a virtual one.
    this.thread = Thread.ofPlatform().name("store-writer").daemon().start(this::run);
  }

  Optional<String> readOnlyReason() {
    return readOnlyReason;
  }

  /** Makes the change and waits until it is durable. */
  <R> R write(Change<R> change) {
    var pending = new Pending<>(change);
    try {
      if (!waiting.offer(pending, MAX_WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new StoreException("the store is busy: " + MAX_WAITING + " changes wait");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted before the change was made", e);
    }
    failAllIfEnded();
    return pending.await();
  }

  /** Makes the change some time later; false when too many wait. */
  boolean tryWrite(Change<?> change) {
    var taken = waiting.offer(new Pending<>(change));
    failAllIfEnded();
    return taken;
  }

  private void run() {
    var batch = new ArrayList<Pending<?>>();
    try {
      while (true) {
        batch.add(waiting.take());
        waiting.drainTo(batch, MAX_BATCH - 1);
        var begin = ticker.nanos();
        write(batch);
        commits.observe((ticker.nanos() - begin) / 1e9);
        batch.clear();
      }
    } catch (InterruptedException _) {
      // close() wants us to end.
    } finally {
      ended = true;
      batch.forEach(Writer::failClosed);
      failAllIfEnded();
    }
  }

  private void write(List<Pending<?>> batch) {
    try {
      try {
        commit(batch);
      } catch (SQLException e) {
        tables.rollback();
        if (!SqliteErrors.isFull(e)) {
          throw e;
        }
        // What happened is worth less than what is: make room and try once more.
        compact(revisions.durable());
        commit(batch);
      }
      setReadOnly(Optional.empty());
      batch.forEach(Pending::committed);
    } catch (SQLException e) {
      fail(batch, errors.translate(e));
    } catch (StoreException e) {
      fail(batch, e);
    } catch (RuntimeException | Error e) {
      LOG.error("the store's writer failed", e);
      fail(batch, new StoreException("the store failed: " + e, e));
    }
  }

  private void commit(List<Pending<?>> pending) throws SQLException {
    tables.begin("IMMEDIATE");
    var batch = new Batch(tables, revisions.durable());
    for (var change : pending) {
      change.write(batch);
    }
    var tooOld = batch.revision() - keptRevisions;
    if (tooOld - tables.compacted() >= COMPACTION_STEP) {
      tables.forgetHistory(tooOld);
    }
    tables.commit();
    revisions.publish(batch.revision());
  }

  /** Forgets the history up to this revision, but for the newest. */
  private void compact(long revision) throws SQLException {
    tables.begin("IMMEDIATE");
    tables.forgetHistory(Math.min(revision, revisions.durable() - 1));
    tables.commit();
  }

  private void fail(List<Pending<?>> batch, StoreException why) {
    tables.rollback();
    if (why instanceof ReadOnlyStoreException) {
      setReadOnly(Optional.of(String.valueOf(why.getMessage())));
    }
    batch.forEach(pending -> pending.failed(why));
  }

  private void setReadOnly(Optional<String> reason) {
    if (!reason.equals(readOnlyReason)) {
      readOnlyReason = reason;
      readOnly.set(reason.isPresent() ? 1 : 0);
      reason.ifPresentOrElse(LOG::error, () -> LOG.info("the store takes changes again"));
    }
  }

  private void failAllIfEnded() {
    if (ended) {
      for (var left = waiting.poll(); left != null; left = waiting.poll()) {
        failClosed(left);
      }
    }
  }

  private static void failClosed(Pending<?> pending) {
    pending.failed(new StoreException("the store is closed"));
  }

  /** Ends the thread; changes that wait fail. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
