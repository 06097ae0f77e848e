package dev.ondine.proxy.transport;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of two connections to each other, until both sides have ended. Confined to the
 * loop that both are on.
 *
 * <p>It begins with the accepted connection alone, whose bytes it holds, reading no more, until the
 * other one is there. A side that ends (FIN) ends the other connection's output only; a side that
 * breaks off (RST) breaks off the other, after what it had sent. What one side does not take is not
 * read from the other.
 */
public final class Relay implements Sweeper.Sweepable {
  /** How a relay ended. */
  public enum End {
    /** Both sides have ended, and everything was delivered. */
    IN_ORDER,
    CLIENT_BROKE_OFF,
    UPSTREAM_BROKE_OFF,
    /** Nothing moved for too long. */
    IDLE,
    /** By {@link #breakOff}. */
    BROKEN_OFF
  }

  /** Told, on the loop, what happens. */
  public interface Watcher {
    /**
     * Bytes came in since the last call; about once a second, and before the end.
     *
     * @param received from the client
     * @param sent to the client
     */
    void moved(long received, long sent);

    /** Both connections are closed; once, last. */
    void ended(End end);
  }

  private final Loop loop;
  private final RelaySettings settings;
  private final Watcher watcher;
  private final RelayEnd client;
  private @Nullable RelayEnd upstream;
  private int open;
  private @Nullable End end;
  private boolean active;
  private long idleSeconds;

  private Relay(Connection accepted, RelaySettings settings, Watcher watcher) {
    this.loop = accepted.loop();
    this.settings = settings;
    this.watcher = watcher;
    this.client = new RelayEnd(this, accepted, settings.bufferBytes());
  }

  /** Takes over an accepted connection and holds what comes from it until {@link #to}. */
  public static Relay hold(Connection accepted, RelaySettings settings, Watcher watcher) {
    assert accepted.loop().inThread();
    var relay = new Relay(accepted, settings, watcher);
    relay.open = 1;
    relay.client.start();
    return relay;
  }

  /**
   * Starts to relay to this connection; does nothing but close it when the client has left.
   *
   * @param connection made by {@link TcpConnector#forRelay}
   */
  public void to(Connection connection) {
    assert loop.inThread() && loop.equals(connection.loop());
    if (upstream != null) {
      throw new IllegalStateException("relays to " + upstream + " already");
    }
    if (end != null) {
      connection.close();
      return;
    }
    var other = new RelayEnd(this, connection, settings.bufferBytes());
    upstream = other;
    open++;
    loop.sweeper().add(this);
    other.start();
    client.join(other);
    other.join(client);
  }

  /** False once it ends. */
  public boolean isOpen() {
    return end == null;
  }

  /** Breaks both connections off (RST), at once. */
  public void breakOff() {
    assert loop.inThread();
    end(End.BROKEN_OFF);
    client.reset();
    if (upstream != null) {
      upstream.reset();
    }
  }

  /**
   * Ends the accepted connection with these as its last bytes, in order, so that its peer surely
   * gets them. Only before {@link #to}.
   */
  public void breakOffWith(byte[] last) {
    assert loop.inThread();
    if (upstream != null) {
      throw new IllegalStateException("relays to " + upstream + " already");
    }
    end(End.BROKEN_OFF);
    client.say(last);
  }

  /** Bytes that were read and not taken by the kernel yet. */
  long buffered() {
    return client.buffered() + (upstream == null ? 0 : upstream.buffered());
  }

  // ---- what its two ends tell -------------------------------------------------------------------

  void active() {
    active = true;
  }

  /** Everything this side has to get was sent, and its FIN. */
  void outputEnded() {
    if (end == null && client.isOutputEnded() && requireNonNull(upstream).isOutputEnded()) {
      end(End.IN_ORDER);
      client.close();
      upstream.close();
    }
  }

  /** This side was lost. */
  void brokeOff(RelayEnd side) {
    end(side.equals(client) ? End.CLIENT_BROKE_OFF : End.UPSTREAM_BROKE_OFF);
    side.reset();
    var other = side.equals(client) ? upstream : client;
    if (other != null) {
      other.resetAfterFlush();
    }
  }

  void closed(RelayEnd side) {
    if (end == null && !side.isDone()) {
      brokeOff(side);
    }
    if (--open == 0) {
      loop.sweeper().remove(this);
      tellMoved();
      watcher.ended(requireNonNull(end));
    }
  }

  private void end(End how) {
    if (end == null) {
      end = how;
    }
  }

  // ---- time
  // ---------------------------------------------------------------------------------------

  @Override
  public void sweep() {
    if (active) {
      active = false;
      idleSeconds = 0;
      tellMoved();
      return;
    }
    if (++idleSeconds * Sweeper.PERIOD.toNanos() >= settings.idle().toNanos()) {
      end(End.IDLE);
      breakOff();
    }
  }

  private void tellMoved() {
    var received = client.takeRead();
    var sent = upstream == null ? 0 : upstream.takeRead();
    if (received > 0 || sent > 0) {
      watcher.moved(received, sent);
    }
  }
}
