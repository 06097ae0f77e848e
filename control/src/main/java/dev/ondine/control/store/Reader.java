package dev.ondine.control.store;

import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;

/** Reads the store, one query at a time, each from one moment. Any thread. */
final class Reader implements AutoCloseable {
  /** A query. */
  interface Query<R> {
    R run(Tables tables) throws SQLException;
  }

  private final Tables tables;
  private final SqliteErrors errors;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean closed;

  Reader(Tables tables, SqliteErrors errors) {
    this.tables = tables;
    this.errors = errors;
  }

  <R> R read(Query<R> query) {
    lock.lock();
    try {
      if (closed) {
        throw new StoreException("the store is closed");
      }
      tables.begin("DEFERRED");
      try {
        var result = query.run(tables);
        tables.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        tables.rollback();
        throw e;
      }
    } catch (SQLException e) {
      throw errors.translate(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      tables.close();
    } catch (SQLException e) {
      throw errors.translate(e);
    } finally {
      lock.unlock();
    }
  }
}
