package dev.ondine.proxy.discovery;

import dev.ondine.proxy.http.BodyStream;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes callers may have sent ahead while they wait, over all loops of a sidecar.
 *
 * <p>Nobody reads a body that waits, so at most what was under way arrives: the rest of a read
 * buffer (HTTP/1), or the stream's window (HTTP/2). That much, or the whole body where it is
 * shorter, is set aside before a wait begins.
 */
final class HeldBodies {
  /** The read buffer of a connection, and the initial window of a stream (RFC 9113, 6.9.2). */
  static final int AHEAD = 65_536;

  private final long bound;
  private final AtomicLong held = new AtomicLong();

  HeldBodies(long bound) {
    this.bound = bound;
  }

  /** Sets bytes aside for this body; negative: there is no room. */
  long hold(BodyStream body) {
    var length = body.length();
    var ahead = length == BodyStream.UNKNOWN ? AHEAD : Math.min(length, AHEAD);
    if (held.addAndGet(ahead) > bound) {
      held.addAndGet(-ahead);
      return -1;
    }
    return ahead;
  }

  /** Gives back what {@link #hold} answered. */
  void release(long ahead) {
    held.addAndGet(-ahead);
  }
}
