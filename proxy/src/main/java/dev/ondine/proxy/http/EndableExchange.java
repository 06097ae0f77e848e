package dev.ondine.proxy.http;

import org.jspecify.annotations.Nullable;

/**
 * An exchange that its layer may end by itself, at any time: what is under way below is broken off
 * then, and what comes of it later is dropped.
 */
public abstract class EndableExchange extends ForwardingExchange {
  private @Nullable Runnable abortBelow;
  private boolean answering;
  private boolean over;

  /** Shows {@code above} to the layers below. */
  protected EndableExchange(HttpExchange above) {
    super(above);
  }

  /** True once the layer has ended it, or said that it is over. */
  protected final boolean isOver() {
    return over;
  }

  /** Nothing is left to end. */
  protected final void over() {
    over = true;
  }

  /**
   * Breaks off what is under way below. A client that has no answer yet gets the failure for one;
   * an answer that has begun breaks off with its connection, for this reason.
   */
  protected final void end(Failure why) {
    over = true;
    if (answering) {
      above.info().brokeOff(why); // before those below tell theirs
    }
    if (abortBelow != null) {
      abortBelow.run();
    }
    if (!answering) {
      above.fail(why);
    }
  }

  @Override
  public boolean isOpen() {
    return !over && above.isOpen();
  }

  @Override
  public void onAbort(Runnable listener) {
    abortBelow = listener;
    above.onAbort(listener);
  }

  @Override
  public void respond(ResponseHead head, BodyStream body) {
    if (over) {
      body.cancel();
      return;
    }
    answering = true;
    above.respond(head, body);
  }

  @Override
  public void fail(Failure failure) {
    if (!over) {
      above.fail(failure);
    }
  }
}
