package dev.ondine.proxy.transport;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.metrics.Metrics;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how late the event loops run a task that is due: whatever blocks a loop delays all of
 * its connections.
 */
public final class LoopWatchdog implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(LoopWatchdog.class);

  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** From here on a person would notice. */
  private static final Duration STALL = Duration.ofMillis(200);

  private static final double[] SECONDS = {0.001, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 1, 5};
  private static final double NANOS_PER_SECOND = 1e9;

  private final EventLoops loops;
  private final Metrics.Histogram delays;
  private volatile boolean stopped;

  /** Watches all of these loops. */
  public LoopWatchdog(EventLoops loops, Metrics metrics) {
    this.loops = loops;
    this.delays =
        metrics.histogram(
            "ondine_loop_delay_seconds", "How late event loops ran a task that was due.", SECONDS);
  }

  @Override
  public String name() {
    return "loop watchdog";
  }

  @Override
  public void start() {
    loops.all().forEach(this::watch);
  }

  private void watch(Loop loop) {
    var due = loop.ticker().nanos() + PERIOD.toNanos();
    loop.schedule(
        PERIOD,
        () -> {
          var late = Math.max(0, loop.ticker().nanos() - due);
          delays.observe(late / NANOS_PER_SECOND);
          if (late > STALL.toNanos()) {
            LOG.warn("event loop {} was stalled for {} ms", loop.index(), late / 1_000_000);
          }
          if (!stopped) {
            watch(loop);
          }
        });
  }

  @Override
  public void stop() {
    stopped = true;
  }
}
