package dev.ondine.cli.demo.world;

import dev.ondine.base.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for things that nobody announces. */
public final class Patience {
  private final Ticker ticker;

  public Patience(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Something that comes true. */
  @FunctionalInterface
  public interface Condition {
    /** Whether it has. */
    boolean holds() throws IOException, DemoException, InterruptedException;
  }

  /**
   * Looks every few milliseconds until the condition holds.
   *
   * @param what for the message: what did not happen
   * @return how long it took
   * @throws DemoException when it did not come true in time
   */
  public Duration until(Duration limit, Duration step, String what, Condition condition)
      throws DemoException, IOException, InterruptedException {
    var began = ticker.nanos();
    while (!condition.holds()) {
      if (ticker.nanos() - began > limit.toNanos()) {
        throw new DemoException(what + " within " + limit.toMillis() + " ms");
      }
      pause(step);
    }
    return Duration.ofNanos(ticker.nanos() - began);
  }

  /** Lets time pass: a load has to run for a while, an idle process has to be idle. */
  public void pause(Duration time) throws InterruptedException {
    var end = ticker.nanos() + time.toNanos();
    for (var left = time.toNanos(); left > 0; left = end - ticker.nanos()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LockSupport.parkNanos(left);
    }
  }

  /** The moment now; only differences count. */
  public long nanos() {
    return ticker.nanos();
  }

  /** How long ago that was, in milliseconds. */
  public double millisSince(long nanos) {
    return (ticker.nanos() - nanos) / 1e6;
  }
}
