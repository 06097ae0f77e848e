package dev.ondine.base.time;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * A single thread that runs tasks in order, now or later: an event loop or a mailbox.
 *
 * <p>State confined to a scheduler needs no locks.
 */
public interface Scheduler extends Executor {
  /** Runs the task once, after the delay, unless cancelled before. */
  Timer schedule(Duration delay, Runnable task);

  /** True on the scheduler's own thread. */
  boolean inThread();

  /** The clock its delays are measured with. */
  Ticker ticker();

  /** A task that waits for its time. */
  interface Timer {
    /** Forgets the task; does nothing when it has run. */
    void cancel();
  }
}
