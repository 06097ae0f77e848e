package dev.ondine.proxy.transport;

import dev.ondine.base.time.Scheduler;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at each connection of a loop once a second, so that idle and stalled ones end. Confined to
 * its loop.
 *
 * <p>One timer for all: a timer for each request would cost more than the request's bytes.
 */
public final class Sweeper {
  /** The time between two looks: the precision of the time-outs that rest on it. */
  public static final Duration PERIOD = Duration.ofSeconds(1);

  /** Something with time-outs in seconds. */
  public interface Sweepable {
    /** A second has passed. */
    void sweep();
  }

  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

  private final Scheduler loop;
  private final Set<Sweepable> watched = new LinkedHashSet<>();
  private boolean ticking; // one timer, however often the last one leaves and another comes

  Sweeper(Scheduler loop) {
    this.loop = loop;
  }

  /** Watches it from now on. */
  public void add(Sweepable sweepable) {
    assert loop.inThread();
    watched.add(sweepable);
    if (!ticking) {
      ticking = true;
      loop.schedule(PERIOD, this::sweep);
    }
  }

  /** Watches it no longer. */
  public void remove(Sweepable sweepable) {
    assert loop.inThread();
    watched.remove(sweepable);
  }

  private void sweep() {
    ticking = !watched.isEmpty();
    if (ticking) { // first, so that nothing that goes wrong below ends it
      loop.schedule(PERIOD, this::sweep);
    }
    for (var sweepable : List.copyOf(watched)) { // a look may end a connection
      try {
        sweepable.sweep();
      } catch (RuntimeException e) {
        LOG.error("a look at {} failed", sweepable, e);
      }
    }
  }
}
