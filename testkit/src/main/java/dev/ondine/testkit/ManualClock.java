package dev.ondine.testkit;

import dev.ondine.base.time.Scheduler;
import dev.ondine.base.time.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Queue;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it: a scheduler, a ticker and a wall clock in one.
 *
 * <p>As on a real scheduler, {@link #execute} only queues. Queued tasks run in {@link #run}, and
 * {@link #advance} runs them and all tasks that come due on the way, in order, on the test's
 * thread. Other threads may give tasks, too.
 */
public final class ManualClock implements Scheduler, Ticker {
  /** Where the wall clock starts. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  // A real ticker's origin means nothing either; a start near the overflow finds those who forget.
  private static final long ORIGIN = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();

  private record Due(long at, long sequence, Runnable task) {}

  private final Thread owner = Thread.currentThread();
  private final Queue<Runnable> queue = new ArrayDeque<>();
  private final TreeSet<Due> timers =
      new TreeSet<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::sequence));
  private long elapsed;
  private long sequence;

  @Override
  public synchronized void execute(Runnable task) {
    queue.add(task);
  }

  @Override
  public synchronized Timer schedule(Duration delay, Runnable task) {
    var due = new Due(elapsed + Math.max(0, delay.toNanos()), sequence++, task);
    timers.add(due);
    return () -> {
      synchronized (this) {
        timers.remove(due);
      }
    };
  }

  /** Runs what is queued and what that queues in turn; no time passes. */
  public void run() {
    advance(Duration.ZERO);
  }

  /** Lets this much time pass and runs every task that comes due meanwhile, at its own time. */
  public void advance(Duration time) {
    long end;
    synchronized (this) {
      end = elapsed + time.toNanos();
    }
    for (var task = next(end); task != null; task = next(end)) {
      task.run();
    }
    synchronized (this) {
      elapsed = Math.max(elapsed, end);
    }
  }

  /**
   * Lets time pass as a suspended process sees it: what came due meanwhile runs late, in {@link
   * #run}.
   */
  public synchronized void leap(Duration time) {
    elapsed += time.toNanos();
  }

  private synchronized @Nullable Runnable next(long end) {
    if (!queue.isEmpty()) {
      return queue.poll();
    }
    if (timers.isEmpty() || timers.first().at() > end) {
      return null;
    }
    var due = timers.removeFirst();
    elapsed = Math.max(elapsed, due.at());
    return due.task();
  }

  /** How many tasks wait for their time: shows that a timer was set, or was cancelled. */
  public synchronized int timers() {
    return timers.size();
  }

  /** The time passed since the clock was made. */
  public synchronized Duration elapsed() {
    return Duration.ofNanos(elapsed);
  }

  /** True on the thread that made the clock, so that a test may call what is confined to it. */
  @Override
  public boolean inThread() {
    return Thread.currentThread() == owner;
  }

  @Override
  public Ticker ticker() {
    return this;
  }

  @Override
  public synchronized long nanos() {
    return ORIGIN + elapsed;
  }

  /** A wall clock in UTC that moves with this one. */
  public Clock clock() {
    InstantSource source = () -> START.plus(elapsed());
    return source.withZone(ZoneOffset.UTC);
  }
}
