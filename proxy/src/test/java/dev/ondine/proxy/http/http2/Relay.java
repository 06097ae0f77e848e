package dev.ondine.proxy.http.http2;

import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.HttpService;
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
    return to(port, Keepalive.OFF);
  }

  static Relay to(int port, Keepalive keepalive) throws IOException {
    return new Relay(
        loops -> endpoint(loops, loops.all().getFirst(), port, keepalive), Http2Limits.DEFAULTS);
  }

  private static HttpService endpoint(EventLoops loops, Loop loop, int port, Keepalive keepalive) {
    var settings =
        new Http2Endpoint.Settings(
            "127.0.0.1",
            port,
            Duration.ofSeconds(5),
            4,
            Duration.ofMinutes(1),
            keepalive,
            Http2Limits.DEFAULTS);
    return new Http2Endpoint(loop, new TcpConnector(loops, Map.of()), settings);
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
