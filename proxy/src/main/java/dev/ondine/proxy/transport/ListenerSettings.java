package dev.ondine.proxy.transport;

import static java.util.Objects.requireNonNull;

import dev.ondine.proxy.http.ConnectionInfo.Direction;
import java.net.SocketAddress;

/**
 * What a listener is.
 *
 * @param address where to listen; port 0 lets the kernel choose
 * @param direction what its connections are
 * @param originalDestination how to find where redirected connections were meant to go
 * @param maxConnections open at once; beyond it, accepting pauses until one closes
 * @param backlog connections that the kernel may keep for us before they are accepted
 * @param reserved whether its buffers are from what traffic cannot take
 */
public record ListenerSettings(
    SocketAddress address,
    Direction direction,
    OriginalDestination originalDestination,
    int maxConnections,
    int backlog,
    boolean reserved) {

  /** Enough for a busy workload, few enough for its file descriptors. */
  public static final int DEFAULT_MAX_CONNECTIONS = 20_000;

  private static final int DEFAULT_BACKLOG = 4_096;

  public ListenerSettings {
    requireNonNull(address, "address");
    requireNonNull(direction, "direction");
    requireNonNull(originalDestination, "originalDestination");
    if (maxConnections < 1) {
      throw new IllegalArgumentException("listener.maxConnections: " + maxConnections + " < 1");
    }
  }

  /** A listener with default bounds that nothing is redirected to. */
  public static ListenerSettings on(SocketAddress address, Direction direction) {
    return new ListenerSettings(
        address,
        direction,
        OriginalDestination.NONE,
        DEFAULT_MAX_CONNECTIONS,
        DEFAULT_BACKLOG,
        false);
  }

  /** This listener, for redirected connections. */
  public ListenerSettings redirected(OriginalDestination originalDestination) {
    return new ListenerSettings(
        address, direction, originalDestination, maxConnections, backlog, reserved);
  }

  /** This listener, which still has buffers where traffic has used up all others. */
  public ListenerSettings withReserve() {
    return new ListenerSettings(
        address, direction, originalDestination, maxConnections, backlog, true);
  }
}
