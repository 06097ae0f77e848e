package dev.ondine.control.store;

import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Which revision is durable, and who waits for the next one. Any thread. */
final class Revisions {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long durable;
  private boolean closed;

  Revisions(long durable) {
    this.durable = durable;
  }

  long durable() {
    lock.lock();
    try {
      return durable;
    } finally {
      lock.unlock();
    }
  }

  void publish(long revision) {
    lock.lock();
    try {
      durable = revision;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The durable revision once it is beyond the given one; empty once the watch or all is closed.
   */
  OptionalLong awaitAfter(long revision, Closing watch) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (durable <= revision && !closed && !watch.closed) {
        changed.await();
      }
      return closed || watch.closed ? OptionalLong.empty() : OptionalLong.of(durable);
    } finally {
      lock.unlock();
    }
  }

  /** Ends one watch. */
  void close(Closing watch) {
    lock.lock();
    try {
      watch.closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends all watches. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether one watch is closed; guarded by the lock. */
  static final class Closing {
    private boolean closed;
  }
}
