package dev.ondine.proxy;

import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.EndpointPools;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.Refusals;
import dev.ondine.proxy.http.http1.Http1Acceptor;
import dev.ondine.proxy.http.http1.Http1Pools;
import dev.ondine.proxy.http.http1.Http1Settings;
import dev.ondine.proxy.http.http1.TcpTunnels;
import dev.ondine.proxy.http.http2.Http2Acceptor;
import dev.ondine.proxy.http.http2.Http2Limits;
import dev.ondine.proxy.http.http2.Http2PoolSettings;
import dev.ondine.proxy.http.http2.Http2Pools;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.EventLoops;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** The requests of one direction on all loops: on each its codecs, its stack and its pools. */
final class HttpTraffic {
  private final List<Http1Acceptor> http1 = new ArrayList<>();
  private final List<Http2Acceptor> http2 = new ArrayList<>();
  private volatile boolean draining;

  /**
   * @param connector to endpoints that control chose
   * @param outside to the others
   * @param stack the path of a request on one loop, down to that loop's pools
   * @param ownPorts where no tunnel may lead
   * @param random thread-safe
   */
  HttpTraffic(
      EventLoops loops,
      EndpointConnector connector,
      EndpointConnector outside,
      UnaryOperator<HttpService> stack,
      Refusals refusals,
      HttpTimes times,
      Capacity capacity,
      OwnPorts ownPorts,
      RandomGenerator random) {
    var shedding = capacity.shedding();
    var settings = Http1Settings.of(times);
    var limits = Http2Limits.of(times);
    var toEndpoints = Http2PoolSettings.DEFAULTS.withIdle(times.poolIdle());
    for (var loop : loops.all()) {
      var pools =
          new EndpointPools(
              loop,
              new EndpointPools.ByVersion(
                  new Http1Pools(loop, connector, settings, shedding, random),
                  new Http2Pools(loop, connector, toEndpoints, times, shedding, random)),
              new EndpointPools.ByVersion(
                  new Http1Pools(loop, outside, settings, shedding, random),
                  new Http2Pools(loop, outside, toEndpoints, times, shedding, random)),
              new TcpTunnels(loop, connector, settings, ownPorts, random),
              times.connect());
      var service = stack.apply(pools);
      http1.add(new Http1Acceptor(service, settings, () -> draining, refusals, shedding, random));
      http2.add(
          new Http2Acceptor(service, limits, times, refusals, capacity.http2(), shedding, random));
    }
  }

  /** Serves connections that speak HTTP/1.1, each on its loop. */
  Acceptor http1() {
    return (connection, info) -> http1.get(connection.loop().index()).accept(connection, info);
  }

  /** Serves connections that speak HTTP/2, each on its loop. */
  Acceptor http2() {
    return (connection, info) -> http2.get(connection.loop().index()).accept(connection, info);
  }

  /** Asks every client to go elsewhere; what comes all the same is served. Any thread. */
  void drain() {
    draining = true;
    http2.forEach(Http2Acceptor::drain);
  }
}
