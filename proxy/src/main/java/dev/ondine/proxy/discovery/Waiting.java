package dev.ondine.proxy.discovery;

import dev.ondine.base.time.Scheduler;
import dev.ondine.model.DemandKey;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One caller that waits for a name: its two clocks, and the way back to its loop.
 *
 * <p>Confined to the scheduler of the ads client, except for the telling, which is confined to the
 * caller's loop.
 */
final class Waiting implements Services.Waiter {
  final DemandKey key;
  final long since;

  /** Where it waits; null: not at all, or not yet. */
  @Nullable Entry entry;

  private final Scheduler ads;
  private final Scheduler loop;
  private final Consumer<Outcome> then;
  private final Consumer<Waiting> left;
  private final boolean hasDeadline;
  private final long deadline;
  private long waitLeft;
  private boolean waitRuns;
  private long armedAt;
  private Scheduler.@Nullable Timer timer;
  private boolean over; // the loop's
  private boolean settled; // the scheduler's

  /**
   * @param remaining of the caller's deadline; runs always
   * @param maxWait of discovery; runs only while the stream to control is up
   * @param left told on the scheduler when the caller has left
   */
  Waiting(
      DemandKey key,
      Scheduler ads,
      Scheduler loop,
      Duration remaining,
      Duration maxWait,
      Consumer<Outcome> then,
      Consumer<Waiting> left) {
    this.key = key;
    this.ads = ads;
    this.loop = loop;
    this.then = then;
    this.left = left;
    this.since = ads.ticker().nanos();
    this.hasDeadline = remaining.compareTo(Services.NO_DEADLINE) < 0;
    this.deadline = hasDeadline ? since + remaining.toNanos() : 0;
    this.waitLeft = maxWait.toNanos();
  }

  /** Lets the clocks run; {@code expired} is run when one of them is over. */
  void run(boolean streamUp, Runnable expired) {
    pause();
    armedAt = ads.ticker().nanos();
    var due = Long.MAX_VALUE;
    if (hasDeadline) {
      due = Math.max(0, deadline - armedAt);
    }
    if (streamUp) {
      due = Math.min(due, Math.max(0, waitLeft));
    }
    if (due < Long.MAX_VALUE) {
      timer =
          ads.schedule(
              Duration.ofNanos(due),
              () -> {
                timer = null;
                expired.run();
              });
    }
    waitRuns = streamUp;
  }

  private void pause() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (waitRuns) {
      waitLeft -= ads.ticker().nanos() - armedAt;
      waitRuns = false;
    }
  }

  /** Ends the wait; the first call decides. */
  void tell(Outcome outcome) {
    if (settled) {
      return;
    }
    settled = true;
    pause();
    refuse(outcome);
  }

  /** Tells the caller without ever having waited; any thread. */
  void refuse(Outcome outcome) {
    loop.execute(
        () -> {
          if (!over) {
            over = true;
            then.accept(outcome);
          }
        });
  }

  @Override
  public void cancel() {
    if (loop.inThread()) {
      leave();
    } else {
      loop.execute(this::leave);
    }
  }

  private void leave() {
    if (over) {
      return;
    }
    over = true;
    try {
      ads.execute(this::forgotten);
    } catch (RejectedExecutionException _) {
      // The scheduler is overloaded: it keeps the wait until its clock is over, and tells nobody.
    }
  }

  private void forgotten() {
    if (!settled) {
      settled = true;
      pause();
      left.accept(this);
    }
  }
}
