package dev.ondine.proxy.http.http2;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.Refusals;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** Serves connections that speak HTTP/2 from their first byte on (prior knowledge). */
public final class Http2Acceptor implements Acceptor {
  private final HttpService service;
  private final Http2Limits limits;
  private final HttpTimes times;
  private final Refusals refusals;
  private final Connections bound;
  private final Shedding shedding;
  private final RandomGenerator random;
  // Written when connections come and go, not by requests.
  private final Set<ServerConnection> open = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;
  private int turnedAway; // that linger

  /** How many connections all that share this bound may have, as one of theirs weighs much. */
  public static final class Connections {
    private final int max;
    private final AtomicInteger open = new AtomicInteger();

    /** At most this many. */
    public Connections(int max) {
      this.max = max;
    }

    /** Takes one's place, if there is one; loops ask at the same time. */
    private boolean entered() {
      if (open.incrementAndGet() <= max) {
        return true;
      }
      left();
      return false;
    }

    private void left() {
      open.decrementAndGet();
    }
  }

  /** Gives each request to the service. */
  public Http2Acceptor(HttpService service, Http2Limits limits) {
    this(
        service,
        limits,
        HttpTimes.DEFAULTS,
        (_, _, _) -> {},
        new Connections(Integer.MAX_VALUE),
        Shedding.OFF,
        RandomGenerator.getDefault());
  }

  /**
   * The same, which closes what is idle when there is too much of everything.
   *
   * @param refusals told of what is refused before it becomes an exchange
   * @param bound beyond it a connection gets GOAWAY and is closed
   * @param random confined to the loop, or thread-safe
   */
  public Http2Acceptor(
      HttpService service,
      Http2Limits limits,
      HttpTimes times,
      Refusals refusals,
      Connections bound,
      Shedding shedding,
      RandomGenerator random) {
    this.times = times;
    this.refusals = refusals;
    this.bound = bound;
    this.shedding = shedding;
    this.random = random;
    this.service = service;
    this.limits = limits;
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    if (!bound.entered()) {
      shedding.shed(Shedding.Point.ACCEPT);
      turnAway(connection);
      return;
    }
    var handler =
        new ServerConnection(connection, info, service, limits, times, refusals, shedding, random);
    open.add(handler);
    var _ =
        connection
            .channel()
            .closeFuture()
            .addListener(
                _ -> {
                  bound.left();
                  open.remove(handler);
                });
    connection.channel().pipeline().addLast(handler);
    if (draining) {
      handler.drain();
    }
  }

  /** On the loop, as all that is accepted by one. */
  private void turnAway(Connection connection) {
    if (turnedAway >= TurnedAway.MOST || shedding.drains()) {
      connection.close(); // they would be as many as they like, and keep others out
      return;
    }
    turnedAway++;
    var _ = connection.channel().closeFuture().addListener(_ -> turnedAway--);
    TurnedAway.from(connection);
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
