package dev.ondine.proxy;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.time.Scheduler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches whether the workload can serve: often until it does, then now and then.
 *
 * <p>Confined to its scheduler; checks block, and run elsewhere.
 */
final class AppReadiness implements Component {
  private static final Duration UNTIL_READY = Duration.ofMillis(50);
  private static final Duration ONCE_READY = Duration.ofSeconds(1);

  /** A workload that stalls for a moment is not taken out; one that is gone soon is. */
  private static final int FAILURES_IN_A_ROW = 2;

  private final Supplier<Optional<String>> check;
  private final Scheduler scheduler;
  private final Executor blocking;
  private final Consumer<Optional<String>> told;
  private Scheduler.@Nullable Timer timer;
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
      blocking.execute(
          () -> {
            var problem = check.get();
            scheduler.execute(() -> checked(problem));
          });
    }
  }

  private void checked(Optional<String> problem) {
    if (stopped) {
      return;
    }
    failures = problem.isEmpty() ? 0 : failures + 1;
    var changed =
        problem.isEmpty() != ready && (problem.isEmpty() || failures >= FAILURES_IN_A_ROW);
    if (changed || !looked) {
      looked = true;
      ready = problem.isEmpty();
      told.accept(problem);
    }
    timer = scheduler.schedule(ready ? ONCE_READY : UNTIL_READY, this::begin);
  }

  @Override
  public void stop() {
    scheduler.execute(
        () -> {
          stopped = true;
          if (timer != null) {
            timer.cancel();
          }
        });
  }
}
