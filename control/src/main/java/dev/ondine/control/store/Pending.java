package dev.ondine.control.store;

import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A change that waits to become durable.
 *
 * @param <R> what it answers
 */
final class Pending<R> {
  private final Change<R> change;
  private final CountDownLatch done = new CountDownLatch(1);
  // Written by the writer's thread before it opens the latch.
  private @Nullable R result;
  private @Nullable StoreException error;

  Pending(Change<R> change) {
    this.change = change;
  }

  void write(Batch batch) throws SQLException {
    error = null;
    try {
      result = change.write(batch);
    } catch (CorruptStoreException e) {
      throw e; // concerns the whole batch
    } catch (StoreException e) {
      error = e;
    }
  }

  void committed() {
    if (error == null && result != null) {
      change.committed(result);
    }
    done.countDown();
  }

  void failed(StoreException why) {
    error = why;
    change.undone();
    done.countDown();
  }

  /** The answer, once it is durable. */
  R await() {
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted; whether the change was made is not known", e);
    }
    if (error != null) {
      throw error;
    }
    if (result == null) {
      throw new IllegalStateException("a change without an answer");
    }
    return result;
  }
}
