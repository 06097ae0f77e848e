package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.tls.Inside;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.Loop;
import dev.ondine.proxy.transport.TcpConnector;
import java.util.random.RandomGenerator;

/**
 * Serves a CONNECT that is for this sidecar: makes a TCP connection to the endpoint that was chosen
 * and carries the tunnel's bytes over it. Confined to its loop.
 */
public final class TcpTunnels implements HttpService, ClientConnection.Owner {
  private final Loop loop;
  private final EndpointConnector connector;
  private final EndpointConnector outside;
  private final Http1Settings settings;
  private final RandomGenerator random;
  private final HeadWriter writer = new HeadWriter();

  /**
   * For this loop.
   *
   * @param ownPorts says where nothing that lies outside the mesh may lead
   */
  public TcpTunnels(
      Loop loop,
      EndpointConnector connector,
      Http1Settings settings,
      OwnPorts ownPorts,
      RandomGenerator random) {
    this.loop = loop;
    this.connector = connector.forRelay();
    this.outside = this.connector.guarded(ownPorts::refuseTunnel);
    this.settings = settings;
    this.random = random;
  }

  @Override
  public void serve(HttpExchange exchange) {
    assert loop.inThread();
    var endpoint = exchange.info().endpoint();
    if (endpoint == null) {
      exchange.fail(Failure.notSent(Reason.NO_ENDPOINTS, "no endpoint was chosen"));
      return;
    }
    exchange.onAbort(() -> {}); // told below, when it is connected
    var target = exchange.info().target();
    // A name may resolve to this host. Control may choose it; a name from outside may not.
    (target == null ? outside : connector)
        .towards(target, endpoint, Inside.TCP)
        .connect(
            loop,
            endpoint,
            target == null ? settings.times().connect() : target.cluster().connectTimeout(),
            new TcpConnector.Attempt() {
              @Override
              public void connected(Connection connection) {
                open(exchange, connection);
              }

              @Override
              public void failed(Failure why) {
                exchange.fail(why);
              }
            });
  }

  private void open(HttpExchange exchange, Connection connection) {
    if (!exchange.isOpen()) {
      connection.close(); // the client left meanwhile
      return;
    }
    var tunnel = new ClientConnection(connection, this, settings, writer, random);
    connection.channel().pipeline().addLast(tunnel);
    tunnel.tunnel(exchange);
  }

  @Override
  public void ready(ClientConnection connection) {
    connection.close(); // a tunnel is used once
  }

  @Override
  public void closed(ClientConnection connection) {}
}
