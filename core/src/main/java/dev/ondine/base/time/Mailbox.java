package dev.ondine.base.time;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread with a bounded queue: the single writer of whatever state is confined to it.
 *
 * <p>Tasks run in the order given; a task whose time has come runs before those that were queued
 * later. A task that throws is logged, and the next one runs.
 */
public final class Mailbox implements Scheduler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

  private final String name;
  private final int capacity;
  private final Ticker ticker;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  // Guarded by lock.
  private final Queue<Runnable> queue = new ArrayDeque<>();
  private final TreeSet<Delayed> timers = new TreeSet<>(Delayed.BY_DEADLINE);
  private long sequence;
  private boolean closed;

  private Mailbox(String name, int capacity, ThreadFactory threads, Ticker ticker) {
    this.name = name;
    this.capacity = capacity;
    this.ticker = ticker;
    this.thread = threads.newThread(this::run);
  }

  /**
   * A mailbox on its own virtual thread, which blocking tasks do not pin to a processor.
   *
   * @param capacity how many tasks may wait; as many again may wait for their time
   */
  public static Mailbox start(String name, int capacity, Ticker ticker) {
    return start(name, capacity, Thread.ofVirtual().name(name).factory(), ticker);
  }

  /** A mailbox on a thread of this kind. */
  public static Mailbox start(String name, int capacity, ThreadFactory threads, Ticker ticker) {
    var mailbox = new Mailbox(name, capacity, threads, ticker);
    mailbox.thread.start();
    return mailbox;
  }

  /**
   * Runs the task after those before it.
   *
   * @throws RejectedExecutionException when the queue is full or the mailbox is closed
   */
  @Override
  public void execute(Runnable task) {
    lock.lock();
    try {
      refuseWhen(queue.size() >= capacity, " tasks wait already");
      queue.add(task);
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws RejectedExecutionException when too many tasks wait or the mailbox is closed
   */
  @Override
  public Timer schedule(Duration delay, Runnable task) {
    var deadline = ticker.nanos() + delay.toNanos();
    lock.lock();
    try {
      refuseWhen(timers.size() >= capacity, " timers wait already");
      var delayed = new Delayed(deadline, sequence++, task);
      timers.add(delayed);
      work.signal();
      return () -> cancel(delayed);
    } finally {
      lock.unlock();
    }
  }

  private void refuseWhen(boolean full, String what) {
    if (closed) {
      throw new RejectedExecutionException("mailbox " + name + " is closed");
    }
    if (full) {
      throw new RejectedExecutionException("mailbox " + name + " is full: " + capacity + what);
    }
  }

  private void cancel(Delayed delayed) {
    lock.lock();
    try {
      timers.remove(delayed);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean inThread() {
    return Thread.currentThread() == thread;
  }

  @Override
  public Ticker ticker() {
    return ticker;
  }

  /**
   * Takes no more tasks, forgets the timers, and returns when the queued tasks have run; at once on
   * the mailbox's own thread.
   */
  @Override
  public void close() {
    end();
    if (!inThread()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void end() {
    lock.lock();
    try {
      closed = true;
      timers.clear();
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (var task = take(); task != null; task = take()) {
        try {
          task.run();
        } catch (RuntimeException | Error e) {
          LOG.error("a task of mailbox {} failed", name, e);
        }
      }
    } catch (InterruptedException e) {
      LOG.warn("mailbox {} was interrupted and ends", name);
      Thread.currentThread().interrupt();
    } finally {
      end(); // so that callers after an interruption are refused, not forgotten
    }
  }

  /** The next task whose turn it is, or null when the mailbox is closed and empty. */
  private @Nullable Runnable take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        var wait = timers.isEmpty() ? Long.MAX_VALUE : timers.first().deadline() - ticker.nanos();
        if (wait <= 0) {
          return timers.removeFirst().task();
        }
        if (!queue.isEmpty() || closed) {
          return queue.poll();
        }
        if (wait == Long.MAX_VALUE) {
          work.await();
        } else {
          work.awaitNanos(wait);
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
