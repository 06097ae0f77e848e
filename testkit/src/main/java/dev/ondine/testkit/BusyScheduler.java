package dev.ondine.testkit;

import dev.ondine.base.time.Scheduler;
import dev.ondine.base.time.Ticker;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/** A scheduler that has no room as often as a test says. */
public final class BusyScheduler implements Scheduler {
  private final Scheduler scheduler;
  private int tasks;
  private int timers;

  /** Has room at first. */
  public BusyScheduler(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** The next so many tasks are rejected. */
  public void rejectTasks(int count) {
    tasks = count;
  }

  /** The next so many timers are rejected. */
  public void rejectTimers(int count) {
    timers = count;
  }

  /** How many of those it was told to reject are still to come. */
  public int toReject() {
    return tasks + timers;
  }

  @Override
  public void execute(Runnable task) {
    if (tasks > 0) {
      tasks--;
      throw new RejectedExecutionException("no room for a task");
    }
    scheduler.execute(task);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    if (timers > 0) {
      timers--;
      throw new RejectedExecutionException("no room for a timer");
    }
    return scheduler.schedule(delay, task);
  }

  @Override
  public boolean inThread() {
    return scheduler.inThread();
  }

  @Override
  public Ticker ticker() {
    return scheduler.ticker();
  }
}
