package dev.ondine.proxy.http.http2;

import dev.ondine.model.Endpoint;
import dev.ondine.model.Locality;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.tls.Plaintext;
import dev.ondine.proxy.tls.TransportSecurity;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.ListenerSettings;
import dev.ondine.proxy.transport.Loop;
import dev.ondine.proxy.transport.TcpConnector;
import dev.ondine.proxy.transport.TcpListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/** An HTTP/2 listener on one loop before a service: an endpoint, or whatever a test needs. */
final class Relay implements AutoCloseable {
  private final EventLoops loops = EventLoops.start(1);
  private final Http2Acceptor acceptor;
  private final TcpListener listener;

  private Relay(Function<EventLoops, HttpService> service, Http2Limits limits) throws IOException {
    acceptor = new Http2Acceptor(service.apply(loops), limits);
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    listener = TcpListener.bind(loops, ListenerSettings.on(loopback, Direction.OUTBOUND), acceptor);
  }

  /** Gives every request to the service. */
  static Relay to(HttpService service) throws IOException {
    return new Relay(loops -> service, Http2Limits.DEFAULTS);
  }

  static Relay to(HttpService service, Http2Limits limits) throws IOException {
    return new Relay(loops -> service, limits);
  }

  /** Sends every request on by HTTP/2 to a port of this machine. */
  static Relay to(int port) throws IOException {
    return to(port, Keepalive.OFF, endpoint -> endpoint);
  }

  /** Likewise, with a layer before the endpoint. */
  static Relay to(int port, Keepalive keepalive, HttpLayer layer) throws IOException {
    var defaults = Http2PoolSettings.DEFAULTS;
    return to(port, keepalive, defaults.maxConnections(), defaults.maxWaiting(), layer);
  }

  /** Likewise, with bounds of the pool. */
  static Relay to(
      int port, Keepalive keepalive, int maxConnections, int maxWaiting, HttpLayer layer)
      throws IOException {
    var defaults = Http2PoolSettings.DEFAULTS;
    var settings =
        new Http2PoolSettings(
            defaults.limits(), keepalive, defaults.idle(), maxConnections, maxWaiting);
    return new Relay(
        loops -> layer.around(endpoint(loops, loops.all().getFirst(), port, settings)),
        Http2Limits.DEFAULTS);
  }

  private static HttpService endpoint(
      EventLoops loops, Loop loop, int port, Http2PoolSettings settings) {
    var peer =
        new Endpoint(
            "127.0.0.1", port, "", true, false, Endpoint.Health.HEALTHY, 1, Locality.UNKNOWN);
    return new Http2Pools(
            loop,
            new EndpointConnector(
                new TcpConnector(loops, Map.of(), TcpConnector.Guard.OFF), new Plaintext()),
            settings)
        .open(peer, TransportSecurity.Expected.PLAINTEXT, Duration.ofSeconds(5));
  }

  int port() {
    return ((InetSocketAddress) listener.address()).getPort();
  }

  Http2Acceptor acceptor() {
    return acceptor;
  }

  @Override
  public void close() {
    listener.close();
    loops.close();
  }
}
