package dev.ondine.proxy.http.http2;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.http1.Http1Acceptor;
import dev.ondine.proxy.http.http1.Http1Settings;
import dev.ondine.proxy.transport.EmbeddedConnection;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A client that speaks HTTP/1.1 and one connection to an origin that speaks HTTP/2, without
 * sockets.
 */
public final class AnswerCrossing implements ClientConnection.Owner {
  private static final InetSocketAddress NOWHERE = InetSocketAddress.createUnresolved("client", 1);
  private static final ConnectionInfo INFO =
      new ConnectionInfo(
          ConnectionInfo.Direction.OUTBOUND, NOWHERE, NOWHERE, Optional.empty(), Optional.empty());

  private final EmbeddedConnection client = new EmbeddedConnection();
  private final EmbeddedConnection origin = new EmbeddedConnection();
  private final ClientConnection connection =
      new ClientConnection(
          origin.connection(),
          this,
          Keepalive.OFF,
          Http2Limits.DEFAULTS,
          Duration.ofSeconds(5),
          Long.MAX_VALUE);

  /** Both are open, and nothing was sent. */
  public AnswerCrossing() {
    origin.connection().channel().pipeline().addLast(connection);
    new Http1Acceptor(this::serve, Http1Settings.DEFAULTS, () -> false, (_, _, _) -> {})
        .accept(client.connection(), INFO);
  }

  private void serve(HttpExchange exchange) {
    if (connection.hasRoom()) {
      connection.serve(exchange);
    } else {
      exchange.fail(Failure.notSent(Reason.UPSTREAM_PROTOCOL_ERROR, "no connection is left"));
    }
  }

  /** The client's side. */
  public EmbeddedConnection client() {
    return client;
  }

  /** The origin's side. */
  public EmbeddedConnection origin() {
    return origin;
  }

  /** Lets both connections do what they have to do. */
  public void run() {
    client.run();
    origin.run();
    client.run();
    origin.run();
  }

  /** Ends both; nothing of theirs may be held after that. */
  public void close() {
    origin.end();
    client.end();
    var held = client.heldBytes() + origin.heldBytes();
    if (held != 0) {
      throw new AssertionError(held + " bytes of buffers were never released");
    }
  }

  @Override
  public void changed(ClientConnection one) {}

  @Override
  public void settled(ClientConnection one) {}

  @Override
  public void closed(ClientConnection one) {}
}
