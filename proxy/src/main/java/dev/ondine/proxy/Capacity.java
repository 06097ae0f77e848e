package dev.ondine.proxy;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Ticker;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.http2.Http2Acceptor;
import dev.ondine.proxy.overload.Crowding;
import dev.ondine.proxy.overload.Heap;
import dev.ondine.proxy.overload.Overload;
import dev.ondine.proxy.overload.OverloadSettings;
import dev.ondine.proxy.overload.Resource;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.Admission;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.FileDescriptors;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How much a sidecar takes on: what its connections of both directions together are bounded by, and
 * what it sheds.
 *
 * @param admission of the listeners for traffic
 * @param http2 of these connections, those that speak HTTP/2
 */
record Capacity(Shedding shedding, Admission admission, Http2Acceptor.Connections http2) {
  /** Between two collections of a heap that is full; each stops everything for a moment. */
  private static final Duration BETWEEN_COLLECTIONS = Duration.ofSeconds(2);

  /** Enough for people and scrapers, few enough for the reserve of file descriptors. */
  private static final int ADMIN_CONNECTIONS = 32;

  /** The part of all connections, one in so many, that one direction leaves to the other. */
  private static final int KEPT = 8;

  private static final double PERCENT = 100.0;

  /** That of the admin port, which answers also when nothing else does. */
  static Capacity ofAdmin() {
    return new Capacity(
        Shedding.OFF,
        Admission.of(ADMIN_CONNECTIONS),
        new Http2Acceptor.Connections(ADMIN_CONNECTIONS));
  }

  /** That of traffic: both directions share it, and each leaves something to the other. */
  static Map<Direction, Capacity> byDirection(OverloadSettings settings, Overload overload) {
    var heap = Runtime.getRuntime().maxMemory();
    var connections = settings.connections(FileDescriptors.limit(), heap);
    var all =
        new Admission(connections, overload::admits, () -> overload.shed(Shedding.Point.ACCEPT));
    var http2 = new Http2Acceptor.Connections(settings.http2Connections(heap));
    var capacities = new EnumMap<Direction, Capacity>(Direction.class);
    for (var direction : Direction.values()) {
      var part = all.part(Math.max(1, connections - connections / KEPT));
      capacities.put(direction, new Capacity(new Crowding(overload, part::isFull), part, http2));
    }
    return capacities;
  }

  /** Watches this process's memories. */
  static Overload watch(
      OverloadSettings settings, EventLoops loops, Ticker ticker, Metrics metrics) {
    var heap = new Heap(settings.drainPercent() / PERCENT, BETWEEN_COLLECTIONS, ticker, System::gc);
    var direct =
        new Resource() {
          @Override
          public String name() {
            return "direct";
          }

          @Override
          public double used() {
            return (double) loops.usedDirectMemory() / EventLoops.maxDirectMemory();
          }

          @Override
          public String toString() {
            return "direct buffers of " + (EventLoops.maxDirectMemory() >> 20) + " MiB";
          }
        };
    return new Overload(
        settings,
        Overload.memories(heap, direct, () -> loops.heldDirectMemory() - loops.usedDirectMemory()),
        metrics);
  }
}
