package dev.ondine.proxy.http.http1;

import dev.ondine.model.Endpoint;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.EndpointPool;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.Loop;
import dev.ondine.proxy.transport.Sweeper;
import dev.ondine.proxy.transport.TcpConnector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.random.RandomGenerator;

/** The HTTP/1.1 connections of one loop to one endpoint. Confined to the loop. */
public final class Http1Endpoint
    implements EndpointPool, ClientConnection.Owner, Sweeper.Sweepable {
  private final Loop loop;
  private final EndpointConnector connector;
  private final Endpoint endpoint;
  private final Duration connectTimeout;
  private final Http1Settings settings;
  private final Shedding shedding;
  private final HeadWriter writer;
  private final RandomGenerator random;
  // Last in, first out: what was used just now is the least likely to be closed by the other side.
  private final ArrayDeque<ClientConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<HttpExchange> waiting = new ArrayDeque<>();
  private int connecting;
  private int connected;

  Http1Endpoint(
      Loop loop,
      EndpointConnector connector,
      Endpoint endpoint,
      Duration connectTimeout,
      Http1Settings settings,
      Shedding shedding,
      HeadWriter writer,
      RandomGenerator random) {
    this.shedding = shedding;
    this.loop = loop;
    this.connector = connector;
    this.endpoint = endpoint;
    this.connectTimeout = connectTimeout;
    this.settings = settings;
    this.writer = writer;
    this.random = random;
  }

  @Override
  public void serve(HttpExchange exchange) {
    assert loop.inThread();
    for (var last = idle.pollLast(); last != null; last = idle.pollLast()) {
      if (last.isStale()) {
        last.close(); // who is there was proven once, and is not any more
      } else if (last.isOpen()) {
        last.serve(exchange);
        return;
      }
    }
    if (shedding.sheds()) {
      shedding.shed(Shedding.Point.CONNECT);
      exchange.fail(Failure.notSent(Reason.OVERLOAD, "no new connection while memory is short"));
      return;
    }
    if (waiting.size() >= settings.maxWaiting() + connecting) {
      exchange.fail(
          Failure.notSent(Reason.OVERLOAD, "too many requests wait for " + endpoint.authority()));
      return;
    }
    waiting.add(exchange);
    exchange.onAbort(() -> waiting.remove(exchange));
    connectIfNeeded();
  }

  private void connectIfNeeded() {
    if (connecting < waiting.size() && connecting + connected < settings.maxConnections()) {
      connect();
    }
  }

  private void connect() {
    connecting++;
    connector.connect(
        loop,
        endpoint,
        connectTimeout,
        new TcpConnector.Attempt() {
          @Override
          public void connected(Connection connection) {
            connecting--;
            add(connection);
          }

          @Override
          public void failed(Failure failure) {
            connecting--;
            connectFailed(failure);
          }
        });
  }

  private void add(Connection transport) {
    if (connected == 0) {
      loop.sweeper().add(this);
    }
    connected++;
    var endOfLife = settings.times().endOfLife(loop.ticker().nanos(), random);
    var connection = new ClientConnection(transport, this, settings, endOfLife, writer, random);
    transport.channel().pipeline().addLast(connection);
    ready(connection);
  }

  private void connectFailed(Failure failure) {
    var next = waiting.poll();
    if (next != null) {
      next.fail(failure);
    }
    connectIfNeeded();
  }

  @Override
  public void ready(ClientConnection connection) {
    var next = connection.isTooOld() ? null : waiting.poll();
    if (next != null) {
      connection.serve(next);
    } else if (connection.isTooOld() || shedding.drains()) {
      connection.close();
    } else {
      idle.addLast(connection);
    }
  }

  @Override
  public void closed(ClientConnection connection) {
    connected--;
    idle.remove(connection);
    if (connected == 0) {
      loop.sweeper().remove(this);
    }
    connectIfNeeded();
  }

  @Override
  public boolean isIdle() {
    return connected + connecting == 0 && waiting.isEmpty();
  }

  @Override
  public void sweep() {
    for (var connection : List.copyOf(idle)) {
      if (connection.idleFor() > settings.times().poolIdle().toSeconds() || connection.isTooOld()) {
        connection.close();
      } else if (shedding.drains()) {
        shedding.shed(Shedding.Point.IDLE);
        connection.close();
      }
    }
  }
}
