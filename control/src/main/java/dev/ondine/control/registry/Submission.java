package dev.ondine.control.registry;

import dev.ondine.control.store.StoreException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A change that waits for the registry's writer.
 *
 * @param <R> what it answers
 */
final class Submission<R> {
  /**
   * What is to change.
   *
   * @param <R> what it answers
   */
  interface Plan<R> {
    /** Puts the changes into the draft, or throws the reason why not; may be asked repeatedly. */
    R plan(Draft draft);
  }

  private final Plan<R> plan;
  private final CountDownLatch done = new CountDownLatch(1);
  // Written by the writer's thread before it opens the latch.
  private @Nullable R result;
  private @Nullable RuntimeException error;

  Submission(Plan<R> plan) {
    this.plan = plan;
  }

  /** Plans it; false when it is refused: the draft is then as before. */
  boolean plan(Draft draft) {
    var mark = draft.mark();
    try {
      result = plan.plan(draft);
      error = null;
      return true;
    } catch (RuntimeException e) {
      draft.backTo(mark);
      error = e;
      return false;
    }
  }

  /** It is stored and published, or refused. */
  void done() {
    done.countDown();
  }

  void failed(RuntimeException why) {
    error = why;
    done.countDown();
  }

  /** The answer, once it is published; throws the reason of a refusal. */
  R await() {
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted; whether the change was made is not known", e);
    }
    if (error != null) {
      throw error;
    }
    if (result == null) {
      throw new IllegalStateException("a change without an answer");
    }
    return result;
  }
}
