package dev.ondine.proxy.transport;

import java.time.Duration;

/**
 * Whether a peer takes what is written to its connection. Confined to the connection's loop.
 *
 * <p>A mark is put behind what waits, and has the time that this much needs. How much waits says
 * nothing of progress: what a peer takes is mostly replaced before the next look.
 */
public final class Uptake {
  private static final long SECOND = 1_000_000_000;

  private final Connection connection;
  private long marks;
  private long outstanding; // the mark that is waited for; 0: none
  private long markedNanos;
  private long ahead; // bytes that waited when it was put

  /** That of a connection whose peer has taken all so far. */
  public Uptake(Connection connection) {
    this.connection = connection;
  }

  /** The peer is not to blame for the time until now. */
  public void excuse() {
    outstanding = 0;
  }

  /**
   * Looks, once in a while: true if the peer is further behind than the grace allows.
   *
   * @param bytesPerSecond what it should take; 0: it has the grace, however much that is
   */
  public boolean isTooSlow(int bytesPerSecond, Duration grace) {
    var now = connection.loop().ticker().nanos();
    if (outstanding != 0) {
      var needed = bytesPerSecond == 0 ? 0 : ahead * SECOND / bytesPerSecond;
      return now - markedNanos - needed > grace.toNanos();
    }
    ahead = connection.untaken();
    if (ahead > 0) {
      markedNanos = now;
      mark();
    }
    return false;
  }

  private void mark() {
    var mark = ++marks;
    outstanding = mark;
    var channel = connection.channel();
    channel
        .writeAndFlush(channel.alloc().buffer(0, 0))
        .addListener(
            _ -> {
              if (outstanding == mark) {
                outstanding = 0;
              }
            });
  }
}
