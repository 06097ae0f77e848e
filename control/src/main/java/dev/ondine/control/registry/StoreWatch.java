package dev.ondine.control.registry;

import dev.ondine.control.store.CompactedException;
import dev.ondine.control.store.Store;
import dev.ondine.control.store.StoreException;
import dev.ondine.control.store.Watch;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells when the store changed, also when nobody here changed it: it ends leases by itself. */
final class StoreWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);

  private final Store store;
  private final Runnable changed;
  private volatile Watch watch;
  private volatile boolean closed;

  /**
   * @param revision the last that is known already
   * @param changed is called on a thread of its own, must not block; may reject
   */
  StoreWatch(Store store, long revision, Runnable changed) {
    this.store = store;
    this.changed = changed;
    this.watch = store.watch("", revision + 1);
  }

  void start() {
    Thread.ofVirtual().name("registry-store-watch").start(this::run);
  }

  private void run() {
    try {
      while (!closed) {
        follow();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.error("the store is not watched any more: leases that end are seen late", e);
      }
    }
  }

  private void follow() throws InterruptedException {
    try {
      if (watch.next().isEmpty()) {
        closed = true; // with the store
      } else {
        tell();
      }
    } catch (CompactedException e) {
      LOG.debug("the watch was too slow and starts again", e);
      watch.close();
      watch = store.watch("", store.revision() + 1);
      tell();
    } catch (StoreException e) {
      if (!closed) {
        throw e;
      }
    }
  }

  private void tell() {
    try {
      changed.run();
    } catch (RejectedExecutionException e) {
      if (!closed) {
        LOG.warn("a change of the store is taken in with the next one: {}", e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    watch.close();
  }
}
