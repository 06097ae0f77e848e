package dev.ondine.proxy;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Ticker;
import dev.ondine.proxy.http.http2.Http2Acceptor;
import dev.ondine.proxy.overload.Heap;
import dev.ondine.proxy.overload.Overload;
import dev.ondine.proxy.overload.OverloadSettings;
import dev.ondine.proxy.overload.Resource;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.Admission;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.FileDescriptors;
import java.time.Duration;

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

  private static final double PERCENT = 100.0;

  /** That of the admin port, which answers also when nothing else does. */
  static Capacity ofAdmin() {
    return new Capacity(
        Shedding.OFF,
        Admission.of(ADMIN_CONNECTIONS),
        new Http2Acceptor.Connections(ADMIN_CONNECTIONS));
  }

  /** That of traffic. */
  static Capacity of(OverloadSettings settings, Overload overload) {
    var heap = Runtime.getRuntime().maxMemory();
    var connections = settings.connections(FileDescriptors.limit(), heap);
    return new Capacity(
        overload,
        new Admission(connections, overload::admits, () -> overload.shed(Shedding.Point.ACCEPT)),
        new Http2Acceptor.Connections(settings.http2Connections(heap)));
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
