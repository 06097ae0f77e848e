package dev.ondine.control.store;

import java.sql.SQLException;

/** The writes that become durable together. */
final class Batch {
  private final Tables tables;
  private long revision;

  Batch(Tables tables, long revision) {
    this.tables = tables;
    this.revision = revision;
  }

  Tables tables() {
    return tables;
  }

  /** The revision so far. */
  long revision() {
    return revision;
  }

  /** Does the transaction, if its conditions hold now. */
  Outcome write(Transaction transaction) throws SQLException {
    for (var condition : transaction.conditions()) {
      var there = tables.entry(condition.key()).map(Entry::modRevision).orElse(0L);
      if (there != condition.modRevision()) {
        return new Outcome(false, revision);
      }
    }
    for (var operation : transaction.operations()) {
      if (operation instanceof Op.Put(_, _, var lease) && lease != 0 && !tables.hasLease(lease)) {
        throw new LeaseNotFoundException(lease);
      }
    }
    var next = revision + 1;
    for (var operation : transaction.operations()) {
      var before = tables.entry(operation.key());
      switch (operation) {
        case Op.Put(var key, var value, var lease) -> {
          tables.put(
              new Entry(
                  key,
                  value,
                  before.map(Entry::createRevision).orElse(next),
                  next,
                  before.map(Entry::version).orElse(0L) + 1,
                  lease));
          revision = next;
        }
        case Op.Delete(var key) -> {
          if (before.isPresent()) {
            tables.delete(key, next);
            revision = next;
          }
        }
      }
    }
    return new Outcome(true, revision);
  }

  /** Removes a lease and its keys; false when there is none. */
  boolean endLease(long lease) throws SQLException {
    var next = revision + 1;
    for (var entry : tables.entriesOfLease(lease)) {
      tables.delete(entry.key(), next);
      revision = next;
    }
    return tables.deleteLease(lease);
  }
}
