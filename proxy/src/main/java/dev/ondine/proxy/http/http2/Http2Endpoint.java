package dev.ondine.proxy.http.http2;

import dev.ondine.base.time.Scheduler;
import dev.ondine.model.Endpoint;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.EndpointPool;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.Loop;
import dev.ondine.proxy.transport.TcpConnector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/2 connections of one loop to one endpoint: as few as the endpoint's limit of streams
 * allows. Confined to the loop.
 */
final class Http2Endpoint implements EndpointPool, ClientConnection.Owner {
  private final Loop loop;
  private final EndpointConnector connector;
  private final Endpoint endpoint;
  private final Duration connectTimeout;
  private final Http2PoolSettings settings;
  private final HttpTimes times;
  private final Shedding shedding;
  private final RandomGenerator random;
  private final List<ClientConnection> connections = new ArrayList<>(1);
  private final ArrayDeque<HttpExchange> waiting = new ArrayDeque<>();
  private int connecting;
  private Scheduler.@Nullable Timer idleTimer;

  Http2Endpoint(
      Loop loop,
      EndpointConnector connector,
      Endpoint endpoint,
      Duration connectTimeout,
      Http2PoolSettings settings,
      HttpTimes times,
      Shedding shedding,
      RandomGenerator random) {
    this.times = times;
    this.shedding = shedding;
    this.random = random;
    this.loop = loop;
    this.connector = connector;
    this.endpoint = endpoint;
    this.connectTimeout = connectTimeout;
    this.settings = settings;
  }

  @Override
  public void serve(HttpExchange exchange) {
    assert loop.inThread();
    for (var connection : connections) {
      if (connection.isTooOld()) {
        connection.retire(); // after the exchanges that it has
      } else if (connection.hasRoom()) {
        connection.serve(exchange);
        return;
      }
    }
    if (shedding.sheds()) {
      shedding.shed(Shedding.Point.CONNECT);
      exchange.fail(Failure.notSent(Reason.OVERLOAD, "no new connection while memory is short"));
      return;
    }
    if (waiting.size() >= settings.maxWaiting()) {
      exchange.fail(
          Failure.notSent(Reason.OVERLOAD, "too many requests wait for " + endpoint.authority()));
      return;
    }
    waiting.add(exchange);
    exchange.onAbort(() -> waiting.remove(exchange));
    if (waiting.size() > coming() * settings.limits().maxStreams()) {
      connectIfAllowed();
    }
  }

  /** Connections that will take many streams, but do not yet. */
  private int coming() {
    var coming = connecting;
    for (var connection : connections) {
      coming += connection.isSettled() ? 0 : 1;
    }
    return coming;
  }

  private void connectIfAllowed() {
    var leaving = (int) connections.stream().filter(ClientConnection::isLeaving).count();
    var taking = connections.size() - leaving + connecting;
    // Those that leave may take days over their last streams; they have a bound of their own.
    if (taking < settings.maxConnections() && leaving <= settings.maxConnections()) {
      connect();
    } else if (taking == 0) {
      failWaiting(
          Failure.notSent(
              Reason.OVERLOAD, "too many connections to " + endpoint.authority() + " are leaving"));
    }
  }

  @Override
  public boolean isIdle() {
    return connections.isEmpty() && connecting == 0 && waiting.isEmpty();
  }

  private void connect() {
    connecting++;
    connector.connect(
        loop,
        endpoint,
        connectTimeout,
        new TcpConnector.Attempt() {
          @Override
          public void connected(Connection transport) {
            connecting--;
            add(transport);
          }

          @Override
          public void failed(Failure why) {
            connecting--;
            connectFailed(why);
          }
        });
  }

  private void add(Connection transport) {
    var connection =
        new ClientConnection(
            transport,
            this,
            keepalive(),
            settings.limits(),
            connectTimeout,
            times.endOfLife(nanosNow(), random));
    transport.channel().pipeline().addLast(connection);
    connections.add(connection);
    changed(connection);
  }

  /** Servers of others may take frequent PINGs for abuse. */
  private Keepalive keepalive() {
    return endpoint.sidecar() ? settings.keepalive() : Keepalive.OFF;
  }

  private long nanosNow() {
    return loop.ticker().nanos();
  }

  private void connectFailed(Failure why) {
    if (connecting > 0) {
      return; // those who wait may have more luck with the next one
    }
    failWaiting(why);
  }

  private void failWaiting(Failure failure) {
    for (var left = waiting.size(); left > 0; left--) { // one that is tried again here may follow
      waiting.remove().fail(failure);
    }
  }

  @Override
  public void changed(ClientConnection connection) {
    while (!waiting.isEmpty() && connection.hasRoom()) {
      connection.serve(waiting.remove());
    }
    if (connection.active() == 0 && idleTimer == null) {
      idleTimer = loop.schedule(settings.idle(), this::retireIdle);
    }
  }

  @Override
  public void settled(ClientConnection connection) {
    changed(connection);
    if (!waiting.isEmpty() && coming() == 0) {
      connectIfAllowed(); // it takes fewer than came
    }
  }

  /** Whichever is idle now may have been so for up to twice the time: that is precise enough. */
  private void retireIdle() {
    idleTimer = null;
    var busy = 0;
    for (var connection : List.copyOf(connections)) {
      if (connection.isIdleFor(settings.idle())) {
        connection.retire();
      } else {
        busy++;
      }
    }
    if (busy > 0) {
      idleTimer = loop.schedule(settings.idle(), this::retireIdle);
    }
  }

  @Override
  public void closed(ClientConnection connection) {
    connections.remove(connection);
    if (!waiting.isEmpty() && connecting == 0) {
      connectIfAllowed();
    }
  }
}
