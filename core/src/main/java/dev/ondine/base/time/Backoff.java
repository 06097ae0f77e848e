package dev.ondine.base.time;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponentially growing pauses with jitter: many clients that lost the same server do not come back
 * in step. Confined.
 */
public final class Backoff {
  private final Duration first;
  private final Duration max;
  private final RandomGenerator random;
  private Duration bound;

  /** The first pause is at most {@code first}, none is longer than {@code max}. */
  public Backoff(Duration first, Duration max, RandomGenerator random) {
    this.first = first;
    this.max = max;
    this.random = random;
    this.bound = first;
  }

  /** Between half the present bound and all of it; the next bound is twice as great. */
  public Duration next() {
    var nanos = bound.toNanos();
    var pause = Duration.ofNanos(nanos / 2 + random.nextLong(nanos / 2 + 1));
    var doubled = bound.multipliedBy(2);
    bound = doubled.compareTo(max) < 0 ? doubled : max;
    return pause;
  }

  /** It worked: the next failure is a first one again. */
  public void reset() {
    bound = first;
  }
}
