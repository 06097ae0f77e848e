package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.StreamInfo;
import dev.ondine.proxy.http.http2.Http2Acceptor;
import dev.ondine.proxy.http.http2.Http2Limits;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.EmbeddedConnection;
import dev.ondine.testkit.ManualClock;
import java.net.InetSocketAddress;
import java.time.Duration;
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

  private final ManualClock clock = new ManualClock();
  private final HttpTimes times;
  private final EmbeddedConnection client = new EmbeddedConnection(clock);
  private final List<StreamInfo> infos = new ArrayList<>();
  private final List<Reason> refused = new ArrayList<>();
  private final List<EmbeddedConnection> origins = new ArrayList<>();
  private final List<ClientConnection> idle = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private int exchanges;

  private Crossing(HttpTimes times) {
    this.times = times;
  }

  /** A client has connected that speaks HTTP/1.1. */
  public static Crossing http1() {
    return http1(HttpTimes.DEFAULTS);
  }

  /** The same, and these times hold. */
  public static Crossing http1(HttpTimes times) {
    var crossing = new Crossing(times);
    return crossing.accepting(
        new Http1Acceptor(
            crossing::serve,
            Http1Settings.of(times),
            () -> false,
            crossing::refused,
            Shedding.OFF,
            crossing.random));
  }

  /** A client has connected that speaks HTTP/2. */
  public static Crossing http2() {
    return http2(HttpTimes.DEFAULTS);
  }

  /** The same, and these times hold. */
  public static Crossing http2(HttpTimes times) {
    var crossing = new Crossing(times);
    return crossing.accepting(
        new Http2Acceptor(
            crossing::serve,
            Http2Limits.of(times),
            times,
            crossing::refused,
            new Http2Acceptor.Connections(1),
            Shedding.OFF,
            crossing.random));
  }

  private void refused(ConnectionInfo connection, Reason reason, String detail) {
    refused.add(reason);
  }

  private Crossing accepting(Acceptor acceptor) {
    acceptor.accept(client.connection(), INFO);
    return this;
  }

  private void serve(HttpExchange exchange) {
    exchanges++;
    infos.add(exchange.info());
    while (!idle.isEmpty()) {
      var last = idle.removeLast();
      if (last.isOpen()) {
        last.serve(exchange);
        return;
      }
    }
    var origin = new EmbeddedConnection(clock);
    origins.add(origin);
    var connection =
        new ClientConnection(
            origin.connection(),
            this,
            Http1Settings.of(times),
            times.endOfLife(clock.nanos(), random),
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

  /** What became of them, in the order in which they came. */
  public List<StreamInfo> infos() {
    return infos;
  }

  /** Why something was refused that never became a request, or broke one off. */
  public List<Reason> refused() {
    return refused;
  }

  /** Lets whole seconds pass, one by one, and every connection do what it has to do then. */
  public void pass(Duration time) {
    for (var left = time.toSeconds(); left > 0; left--) {
      clock.advance(Duration.ofSeconds(1));
      client.passSecond();
      for (var i = 0; i < origins.size(); i++) {
        origins.get(i).passSecond();
      }
      run();
    }
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
