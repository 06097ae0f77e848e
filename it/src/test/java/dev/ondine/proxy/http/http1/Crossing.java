package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.http2.Http2Acceptor;
import dev.ondine.proxy.http.http2.Http2Limits;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.EmbeddedConnection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The codecs' both halves without sockets: a client's connection on one side, HTTP/1.1 connections
 * to an origin on the other, which are used again as the endpoint pool uses them.
 */
public final class Crossing implements ClientConnection.Owner {
  private static final InetSocketAddress NOWHERE = InetSocketAddress.createUnresolved("client", 1);
  private static final ConnectionInfo INFO =
      new ConnectionInfo(
          ConnectionInfo.Direction.OUTBOUND, NOWHERE, NOWHERE, Optional.empty(), Optional.empty());

  private final EmbeddedConnection client = new EmbeddedConnection();
  private final List<EmbeddedConnection> origins = new ArrayList<>();
  private final List<ClientConnection> idle = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private int exchanges;

  private Crossing() {}

  /** A client has connected that speaks HTTP/1.1. */
  public static Crossing http1() {
    var crossing = new Crossing();
    return crossing.accepting(
        new Http1Acceptor(crossing::serve, Http1Settings.DEFAULTS, () -> false, (_, _, _) -> {}));
  }

  /** A client has connected that speaks HTTP/2. */
  public static Crossing http2() {
    var crossing = new Crossing();
    return crossing.accepting(new Http2Acceptor(crossing::serve, Http2Limits.DEFAULTS));
  }

  private Crossing accepting(Acceptor acceptor) {
    acceptor.accept(client.connection(), INFO);
    return this;
  }

  private void serve(HttpExchange exchange) {
    exchanges++;
    while (!idle.isEmpty()) {
      var last = idle.removeLast();
      if (last.isOpen()) {
        last.serve(exchange);
        return;
      }
    }
    var origin = new EmbeddedConnection();
    origins.add(origin);
    var connection =
        new ClientConnection(
            origin.connection(),
            this,
            Http1Settings.DEFAULTS,
            Http1Settings.DEFAULTS.times().endOfLife(0, random),
            new HeadWriter(),
            random);
    origin.connection().channel().pipeline().addLast(connection);
    connection.serve(exchange);
  }

  @Override
  public void ready(ClientConnection connection) {
    idle.add(connection);
  }

  @Override
  public void closed(ClientConnection connection) {
    idle.remove(connection);
  }

  /** The client's side. */
  public EmbeddedConnection client() {
    return client;
  }

  /** The connections to the origin, in the order in which they were made. */
  public List<EmbeddedConnection> origins() {
    return origins;
  }

  /** How many requests passed from the client's side to the origin's. */
  public int exchanges() {
    return exchanges;
  }

  /** Lets every connection do what it has to do. */
  public void run() {
    client.run();
    for (var i = 0; i < origins.size(); i++) { // one may bring another
      origins.get(i).run();
    }
    client.run();
  }

  /** Ends all connections; nothing of theirs may be held after that. */
  public void close() {
    client.end();
    for (var origin : origins) {
      origin.end();
    }
    var held = client.heldBytes();
    for (var origin : origins) {
      held += origin.heldBytes();
    }
    if (held != 0) {
      throw new AssertionError(held + " bytes of buffers were never released");
    }
  }
}
