package dev.ondine.base.time;

import java.util.Comparator;

/**
 * A task with the moment at which it is due.
 *
 * @param deadline on its ticker
 * @param sequence orders tasks of the same deadline by when they were given
 */
record Delayed(long deadline, long sequence, Runnable task) {
  // By difference, because a ticker's values may wrap around.
  static final Comparator<Delayed> BY_DEADLINE =
      (a, b) ->
          a.deadline == b.deadline
              ? Long.compare(a.sequence, b.sequence)
              : Long.signum(a.deadline - b.deadline);
}
