package dev.ondine.proxy;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.time.NextTurn;
import dev.ondine.base.time.Scheduler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches whether the workload can serve: often until it does, then now and then.
 *
 * <p>A check that fails in itself, or has no room, is a problem of the workload, and is repeated.
 * Confined to its scheduler; checks block, and run elsewhere.
 */
final class AppReadiness implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(AppReadiness.class);

  private static final Duration UNTIL_READY = Duration.ofMillis(50);
  private static final Duration ONCE_READY = Duration.ofSeconds(1);

  /** A workload that stalls for a moment is not taken out; one that is gone soon is. */
  private static final int FAILURES_IN_A_ROW = 2;

  private final Supplier<Optional<String>> check;
  private final Scheduler scheduler;
  private final Executor blocking;
  private final Consumer<Optional<String>> told;
  private final NextTurn next;
  private boolean looked;
  private boolean ready;
  private int failures;
  private boolean stopped;

  /**
   * @param check says why the workload cannot serve, empty: it can; may block
   * @param blocking where it may
   * @param told the first result and each change, on the scheduler: why the workload cannot serve,
   *     empty: it can
   */
  AppReadiness(
      Supplier<Optional<String>> check,
      Scheduler scheduler,
      Executor blocking,
      Consumer<Optional<String>> told) {
    this.check = check;
    this.scheduler = scheduler;
    this.blocking = blocking;
    this.told = told;
    this.next = new NextTurn(scheduler, this::begin);
  }

  @Override
  public String name() {
    return "workload";
  }

  @Override
  public void start() {
    scheduler.execute(this::begin);
  }

  private void begin() {
    if (!stopped) {
      try {
        blocking.execute(this::look);
      } catch (RejectedExecutionException e) {
        checked(Optional.of("it cannot be looked at: " + e.getMessage()));
      }
    }
  }

  private void look() {
    var problem = result();
    try {
      scheduler.execute(() -> checked(problem));
    } catch (RejectedExecutionException e) {
      tellLater(problem);
    }
  }

  private Optional<String> result() {
    try {
      return check.get();
    } catch (RuntimeException | Error e) {
      LOG.warn("the readiness check failed", e);
      return Optional.of("the check failed: " + e);
    }
  }

  /** Timers have room of their own. */
  private void tellLater(Optional<String> problem) {
    try {
      var _ = scheduler.schedule(UNTIL_READY, () -> checked(problem));
    } catch (RejectedExecutionException e) {
      LOG.debug("the scheduler is closed: nobody asks any more", e);
    }
  }

  private void checked(Optional<String> problem) {
    if (stopped) {
      return;
    }
    try {
      judge(problem);
    } finally {
      next.in(ready ? ONCE_READY : UNTIL_READY);
    }
  }

  private void judge(Optional<String> problem) {
    failures = problem.isEmpty() ? 0 : failures + 1;
    var changed =
        problem.isEmpty() != ready && (problem.isEmpty() || failures >= FAILURES_IN_A_ROW);
    if (changed || !looked) {
      told.accept(problem); // where that fails, the next look tells it
      looked = true;
      ready = problem.isEmpty();
    }
  }

  @Override
  public void stop() {
    scheduler.execute(
        () -> {
          stopped = true;
          next.cancel();
        });
  }
}
