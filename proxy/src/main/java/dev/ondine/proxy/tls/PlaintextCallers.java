package dev.ondine.proxy.tls;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Who came in the clear where a proof of identity is taken but not demanded: the census that is
 * looked at before it is. Shared by all loops.
 */
public final class PlaintextCallers {
  private static final String OTHERS = "others";

  private final SeenCounts<Key> counts;

  private record Key(String address, int port) {}

  /**
   * One of them.
   *
   * @param address of its host, or {@code others} for all that are not told apart
   * @param port of the workload
   * @param requests where it speaks HTTP; health probes that are exempt are not among them
   */
  public record Caller(
      String address, int port, long connections, long requests, Instant lastSeen) {}

  /** Nobody was seen yet. */
  public PlaintextCallers(InstantSource clock) {
    counts = new SeenCounts<>(clock, key -> new Key(OTHERS, key.port()));
  }

  /** A connection came. */
  public void connected(SocketAddress peer, int port) {
    counts.connected(key(peer, port));
  }

  /** A request came. */
  public void requested(SocketAddress peer, int port) {
    counts.requested(key(peer, port));
  }

  private static Key key(SocketAddress peer, int port) {
    var address =
        peer instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : "local";
    return new Key(address, port);
  }

  /** All of them, who was seen last first. On any thread. */
  public List<Caller> all() {
    return counts.all(
        (key, connections, requests, seen) ->
            new Caller(key.address(), key.port(), connections, requests, seen));
  }
}
