package dev.ondine.proxy.transport;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether a peer takes what is written to its connection. Confined to the connection's loop.
 *
 * <p>A mark is put behind what waits, and has the time that this much needs. How much waits says
 * nothing of progress: what a peer takes is mostly replaced before the next look. Who takes nothing
 * at all meanwhile has the grace only.
 */
public final class Uptake {
  private static final long SECOND = 1_000_000_000;
  private static final long MILLISECOND = 1_000_000;

  private final Connection connection;
  private final LongSupplier sinceSent;
  private long marks;
  private long outstanding; // the mark that is waited for; 0: none
  private long markedNanos;
  private long ahead; // bytes that waited when it was put
  private long progress; // of the connection, at the last look
  private long progressNanos; // when the peer was last seen to take something
  private long lookedNanos;

  /** That of a connection whose peer has taken all so far. */
  public Uptake(Connection connection) {
    this(connection, connection::millisSinceSent);
  }

  /**
   * The same.
   *
   * @param sinceSent milliseconds since the kernel sent the peer something new
   */
  Uptake(Connection connection, LongSupplier sinceSent) {
    this.connection = connection;
    this.sinceSent = sinceSent;
  }

  /** The peer is not to blame for the time until now. */
  public void excuse() {
    outstanding = 0;
  }

  /**
   * Looks, once in a while: true if the peer is further behind than the grace allows, or has taken
   * nothing for so long.
   *
   * @param bytesPerSecond what it should take; 0: any progress will do
   */
  public boolean isTooSlow(int bytesPerSecond, Duration grace) {
    var now = connection.loop().ticker().nanos();
    if (outstanding == 0) {
      ahead = connection.untaken();
      if (ahead > 0) {
        markedNanos = now;
        mark();
        progressed(now);
      }
      return false;
    }
    if (connection.progress() != progress
        || sinceSent.getAsLong() < (now - lookedNanos) / MILLISECOND) {
      progressed(now);
    }
    lookedNanos = now;
    return now - progressNanos > grace.toNanos()
        || (bytesPerSecond > 0
            && now - markedNanos - ahead * SECOND / bytesPerSecond > grace.toNanos());
  }

  private void progressed(long now) {
    progress = connection.progress();
    progressNanos = now;
    lookedNanos = now;
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
