package dev.ondine.proxy.http;

import dev.ondine.model.Bundle;
import dev.ondine.model.Cluster;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.DemandKey;
import dev.ondine.model.Endpoint;
import dev.ondine.model.Listener;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.endpoint.PoolFactory;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.http1.Http1Acceptor;
import dev.ondine.proxy.http.http1.Http1Pools;
import dev.ondine.proxy.http.http1.Http1Settings;
import dev.ondine.proxy.http.http1.TcpTunnels;
import dev.ondine.proxy.http.http2.Http2Acceptor;
import dev.ondine.proxy.http.http2.Http2Limits;
import dev.ondine.proxy.http.http2.Http2PoolSettings;
import dev.ondine.proxy.http.http2.Http2Pools;
import dev.ondine.proxy.tls.Plaintext;
import dev.ondine.proxy.tls.TransportSecurity.Expected;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.ListenerSettings;
import dev.ondine.proxy.transport.Loop;
import dev.ondine.proxy.transport.TcpConnector;
import dev.ondine.proxy.transport.TcpListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Proxies of codecs alone, on one loop: what comes by one version leaves by the same or another.
 */
public final class Hops implements AutoCloseable {
  private final EventLoops loops = EventLoops.start(1);
  private final List<TcpListener> listeners = new ArrayList<>();
  private final EndpointConnector connector =
      new EndpointConnector(
          new TcpConnector(loops, Map.of(), TcpConnector.Guard.OFF), new Plaintext());
  private final RandomGenerator random = RandomGenerator.getDefault();

  /** Serves HTTP/1.1; the port. */
  public int http1(HttpService service) throws IOException {
    return listen(
        new Http1Acceptor(
            service, Http1Settings.DEFAULTS, () -> false, (connection, reason, detail) -> {}));
  }

  /** Serves HTTP/2; the port. */
  public int http2(HttpService service) throws IOException {
    return listen(new Http2Acceptor(service, Http2Limits.DEFAULTS));
  }

  private int listen(Acceptor acceptor) throws IOException {
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var listener =
        TcpListener.bind(loops, ListenerSettings.on(loopback, Direction.OUTBOUND), acceptor);
    listeners.add(listener);
    return ((InetSocketAddress) listener.address()).getPort();
  }

  /** Sends on by HTTP/1.1. */
  public HttpService to1(int port) {
    return to(new Http1Pools(loop(), connector, Http1Settings.DEFAULTS, random), port);
  }

  /** Sends on by HTTP/2. */
  public HttpService to2(int port) {
    return to(new Http2Pools(loop(), connector, Http2PoolSettings.DEFAULTS), port);
  }

  private static HttpService to(PoolFactory pools, int port) {
    return pools.open(endpoint(port), Expected.PLAINTEXT, Duration.ofSeconds(5));
  }

  /** Makes a TCP connection for each tunnel, to a service of the mesh at this port. */
  public HttpService toTcp(int port) {
    var tunnels = tunnels();
    return exchange -> {
      exchange.info().pinned(bundle());
      exchange.info().routed(null, "db");
      exchange.info().trying(endpoint(port));
      tunnels.serve(exchange);
    };
  }

  /** The same, to what no control plane knows. */
  public HttpService toOutsideTcp(String name, int port) {
    var tunnels = tunnels();
    return exchange -> {
      exchange.info().trying(Endpoint.of(name, port));
      tunnels.serve(exchange);
    };
  }

  private TcpTunnels tunnels() {
    return new TcpTunnels(
        loop(), connector, Http1Settings.DEFAULTS, new OwnPorts(Set.of()), random);
  }

  private static Bundle bundle() {
    var listener = new Listener("db", new Listener.Traffic.Tcp("db"), Optional.empty());
    var target =
        new Bundle.Target(Cluster.named("db"), new ClusterEndpoints("db", List.<Endpoint>of()));
    return new Bundle(
        new DemandKey.Name("db.default.mesh", OptionalInt.empty()),
        listener,
        Optional.empty(),
        Map.of("db", target));
  }

  private static Endpoint endpoint(int port) {
    return Endpoint.of("127.0.0.1", port);
  }

  private Loop loop() {
    return loops.all().getFirst();
  }

  @Override
  public void close() {
    listeners.forEach(TcpListener::close);
    loops.close();
  }
}
