package dev.ondine.base.time;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The next turn of a task that plans itself again and again. It is not lost where no timer is to be
 * had: it is then planned again behind the tasks that wait. Confined to its scheduler.
 */
public final class NextTurn {
  private static final Logger LOG = LoggerFactory.getLogger(NextTurn.class);

  private final Scheduler scheduler;
  private final Runnable task;
  private Scheduler.@Nullable Timer timer;
  private long plans;

  /** Nothing is planned yet. */
  public NextTurn(Scheduler scheduler, Runnable task) {
    this.scheduler = scheduler;
    this.task = task;
  }

  /** Plans it, instead of what was planned before. */
  public void in(Duration delay) {
    cancel();
    try {
      timer = scheduler.schedule(delay, task);
    } catch (RejectedExecutionException e) {
      LOG.debug("no timer for the next turn", e);
      again(delay);
    }
  }

  private void again(Duration delay) {
    var plan = plans;
    try {
      scheduler.execute(
          () -> {
            if (plan == plans) {
              in(delay);
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("the scheduler is closed: there is no next turn", e);
    }
  }

  /** Plans nothing. */
  public void cancel() {
    plans++;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
