package dev.ondine.proxy.tcp;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes connections may have sent ahead while they wait for discovery, over all loops.
 *
 * <p>Nobody reads from a connection that waits: it holds what detection looked at, and the rest of
 * one read.
 */
final class HeldBytes {
  /** Set aside for each connection that waits. */
  static final int AHEAD = 16_384;

  private final long bound;
  private final AtomicLong held = new AtomicLong();

  HeldBytes(long bound) {
    this.bound = bound;
  }

  /** False when there is no room for one more connection. */
  boolean hold() {
    if (held.addAndGet(AHEAD) > bound) {
      held.addAndGet(-AHEAD);
      return false;
    }
    return true;
  }

  /** Gives back what {@link #hold} set aside. */
  void release() {
    held.addAndGet(-AHEAD);
  }
}
