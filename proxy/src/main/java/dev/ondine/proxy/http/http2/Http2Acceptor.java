package dev.ondine.proxy.http.http2;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Serves connections that speak HTTP/2 from their first byte on (prior knowledge). */
public final class Http2Acceptor implements Acceptor {
  private final HttpService service;
  private final Http2Limits limits;
  // Written when connections come and go, not by requests.
  private final Set<ServerConnection> open = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  /** Gives each request to the service. */
  public Http2Acceptor(HttpService service, Http2Limits limits) {
    this.service = service;
    this.limits = limits;
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    var handler = new ServerConnection(connection, info, service, limits);
    open.add(handler);
    var _ = connection.channel().closeFuture().addListener(_ -> open.remove(handler));
    connection.channel().pipeline().addLast(handler);
    if (draining) {
      handler.drain();
    }
  }

  /**
   * Asks every client to go elsewhere; what is under way is served to its end. May be called on any
   * thread.
   */
  public void drain() {
    draining = true;
    open.forEach(connection -> connection.loop().execute(connection::drain));
  }

  /** How many connections are open. */
  public int connections() {
    return open.size();
  }
}
