package dev.ondine.proxy.overload;

import dev.ondine.base.time.Ticker;
import java.time.Duration;

/**
 * The Java heap.
 *
 * <p>How much of it is in use is known only behind a collection; before, it is an upper bound. Up
 * to the mark that is good enough. Beyond it a collection is near anyway and is asked for now, so
 * that garbage is not taken for load, and rarely, so that a heap that is full of load is not
 * collected all the time.
 */
public final class Heap implements Resource {
  /** Runs a full collection. */
  public interface Collector {
    /** Comes back when it is done. */
    void collect();
  }

  private final double mark;
  private final Duration between;
  private final Ticker ticker;
  private final Collector collector;
  private boolean collected;
  private long collectedAt;
  private double last;

  /**
   * @param mark from which on it must be known
   * @param between collections
   */
  public Heap(double mark, Duration between, Ticker ticker, Collector collector) {
    this.mark = mark;
    this.between = between;
    this.ticker = ticker;
    this.collector = collector;
  }

  @Override
  public String name() {
    return "heap";
  }

  /** At most so much is in use. */
  public static double upperBound() {
    var runtime = Runtime.getRuntime();
    return (double) (runtime.totalMemory() - runtime.freeMemory()) / runtime.maxMemory();
  }

  @Override
  public double used() {
    var now = ticker.nanos();
    var atMost = upperBound();
    if (atMost < mark) {
      last = atMost;
    } else if (!collected || now - collectedAt >= between.toNanos()) {
      collector.collect();
      collected = true;
      collectedAt = now;
      last = upperBound();
    }
    return last;
  }

  @Override
  public String toString() {
    return "heap of " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB";
  }
}
