package dev.ondine.control.store;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Scheduler;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The embedded store: one SQLite file, one process. */
public final class SqliteStore implements Store {
  /** What bounds it. */
  public record Limits(long maxBytes, long keptRevisions) {
    /** 512 MiB of file, and the last 10,000 revisions for watches. */
    public static final Limits DEFAULT = new Limits(512L << 20, 10_000);
  }

  private static final Logger LOG = LoggerFactory.getLogger(SqliteStore.class);
  private static final Duration SWEEP = Duration.ofMillis(500);
  private static final Duration LATE = Duration.ofSeconds(3);

  private final Database database;
  private final Reader reader;
  private final Tables writerTables;
  private final Writer writer;
  private final Revisions revisions;
  private final Leases leases;
  private final Scheduler scheduler;
  private volatile boolean closed;
  private long lastSweep;

  private SqliteStore(Database database, Limits limits, Scheduler scheduler, Metrics metrics)
      throws SQLException {
    this.database = database;
    this.scheduler = scheduler;
    this.writerTables = database.writer(limits.maxBytes());
    this.reader = new Reader(database.reader(), database.errors());
    this.revisions = new Revisions(reader.read(Tables::revision));
    this.leases = new Leases(scheduler.ticker());
    for (var lease : reader.read(Tables::leases)) {
      leases.begin(lease.id(), Duration.ofMillis(lease.ttlMillis()));
    }
    this.writer =
        new Writer(
            writerTables,
            database.errors(),
            revisions,
            limits.keptRevisions(),
            scheduler.ticker(),
            metrics);
    this.lastSweep = scheduler.ticker().nanos();
  }

  /**
   * Opens the store's file, or creates it.
   *
   * @param scheduler runs the end of leases; its tasks here do not block
   * @throws CorruptStoreException when the file is damaged or no store; it is then unchanged
   * @throws StoreException when it cannot be opened or another process has it
   */
  public static SqliteStore open(Path file, Limits limits, Scheduler scheduler, Metrics metrics) {
    var database = Database.open(file, Schema.STEPS);
    try {
      var store = new SqliteStore(database, limits, scheduler, metrics);
      scheduler.schedule(SWEEP, store::sweep);
      return store;
    } catch (SQLException e) {
      database.close();
      throw database.errors().translate(e);
    }
  }

  @Override
  public Optional<Entry> get(String key) {
    return reader.read(tables -> tables.entry(key));
  }

  @Override
  public Range range(String prefix) {
    return reader.read(tables -> new Range(tables.entries(prefix), tables.revision()));
  }

  @Override
  public long revision() {
    return revisions.durable();
  }

  @Override
  public Outcome transact(Transaction transaction) {
    return writer.write(batch -> batch.write(transaction));
  }

  @Override
  public Watch watch(String prefix, long from) {
    if (from < 1) {
      throw new IllegalArgumentException("revisions count from 1, not " + from);
    }
    return new HistoryWatch(reader, revisions, prefix, from - 1);
  }

  @Override
  public long grant(Duration ttl) {
    if (ttl.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("a lease lives at least a second, not " + ttl);
    }
    if (leases.count() >= Leases.MAX) {
      throw new StoreException("there are " + Leases.MAX + " leases already");
    }
    return writer.write(
        new Change<Long>() {
          @Override
          public Long write(Batch batch) throws SQLException {
            return batch.tables().insertLease(ttl.toMillis());
          }

          @Override
          public void committed(Long lease) {
            leases.begin(lease, ttl);
          }
        });
  }

  @Override
  public boolean renew(long lease) {
    return leases.renew(lease);
  }

  @Override
  public boolean revoke(long lease) {
    return writer.write(
        new Change<Boolean>() {
          @Override
          public Boolean write(Batch batch) throws SQLException {
            return batch.endLease(lease);
          }

          @Override
          public void committed(Boolean was) {
            leases.end(lease);
          }
        });
  }

  @Override
  public void compact(long revision) {
    // The newest revision stays: it says where the store is.
    writer.write(
        batch -> {
          batch.tables().forgetHistory(Math.min(revision, batch.revision() - 1));
          return true;
        });
  }

  @Override
  public Optional<String> readOnlyReason() {
    return writer.readOnlyReason();
  }

  @Override
  public void close() {
    closed = true;
    writer.close();
    revisions.close();
    reader.close();
    try {
      writerTables.close();
    } catch (SQLException e) {
      throw database.errors().translate(e);
    } finally {
      database.close();
    }
  }

  /** Ends the leases whose time is over. On the scheduler's thread. */
  private void sweep() {
    if (closed) {
      return;
    }
    var now = scheduler.ticker().nanos();
    if (now - lastSweep > SWEEP.plus(LATE).toNanos()) {
      // We stood still, so that nobody could renew: that is not the holders' fault.
      LOG.warn("the store stood still for {} s: all leases begin again", (now - lastSweep) / 1e9);
      leases.renewAll();
    }
    lastSweep = now;
    for (var lease : leases.over()) {
      if (!writer.tryWrite(new Expiry(lease))) {
        break; // busy: the next sweep tries again
      }
    }
    scheduler.schedule(SWEEP, this::sweep);
  }

  /** The end of a lease that nobody renewed. Confined to the writer's thread. */
  private final class Expiry implements Change<Boolean> {
    private final long lease;
    private Optional<Leases.Ended> ended = Optional.empty();

    Expiry(long lease) {
      this.lease = lease;
    }

    @Override
    public Boolean write(Batch batch) throws SQLException {
      if (ended.isEmpty()) {
        // Decided here because it may have been renewed since the sweep.
        ended = leases.endIfOver(lease);
      }
      return ended.isPresent() && batch.endLease(lease);
    }

    @Override
    public void undone() {
      ended.ifPresent(was -> leases.begin(was.lease(), was.ttl()));
    }
  }
}
