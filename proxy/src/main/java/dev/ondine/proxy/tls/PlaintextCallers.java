package dev.ondine.proxy.tls;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Who came in the clear where a proof of identity is taken but not demanded: the census that is
 * looked at before it is. Shared by all loops.
 */
public final class PlaintextCallers {
  /** Addresses that are told apart; the others are counted together. */
  private static final int MAX_CALLERS = 1024;

  private static final String OTHERS = "others";

  private final InstantSource clock;
  // Grows to its bound and is never emptied: a race adds a few more than that.
  private final Map<Key, Counts> counts = new ConcurrentHashMap<>();

  private record Key(String address, int port) {}

  /** Written by all loops. */
  private static final class Counts {
    private final LongAdder connections = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private volatile long lastSeen;
  }

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
    this.clock = clock;
  }

  /** A connection came. */
  public void connected(SocketAddress peer, int port) {
    seen(peer, port).connections.increment();
  }

  /** A request came. */
  public void requested(SocketAddress peer, int port) {
    seen(peer, port).requests.increment();
  }

  private Counts seen(SocketAddress peer, int port) {
    var address =
        peer instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : "local";
    var key = new Key(address, port);
    var found = counts.get(key);
    if (found == null) {
      var told = counts.size() < MAX_CALLERS ? key : new Key(OTHERS, port);
      found = counts.computeIfAbsent(told, _ -> new Counts());
    }
    found.lastSeen = clock.millis();
    return found;
  }

  /** All of them, who was seen last first. On any thread. */
  public List<Caller> all() {
    return counts.entrySet().stream()
        .map(
            entry -> {
              var of = entry.getValue();
              return new Caller(
                  entry.getKey().address(),
                  entry.getKey().port(),
                  of.connections.sum(),
                  of.requests.sum(),
                  Instant.ofEpochMilli(of.lastSeen));
            })
        .sorted(Comparator.comparing(Caller::lastSeen).reversed())
        .toList();
  }
}
