package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.Refusals;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves connections that speak HTTP/1.1, all on one loop. */
public final class Http1Acceptor implements Acceptor {
  private static final Logger LOG = LoggerFactory.getLogger(Http1Acceptor.class);

  private final HttpService service;
  private final Http1Settings settings;
  private final BooleanSupplier draining;
  private final Refusals refusals;
  private final Shedding shedding;
  private final RandomGenerator random;
  private final HeadWriter writer = new HeadWriter();

  /**
   * Gives each request to the service.
   *
   * @param draining asked at each answer: true lets the connection close behind it
   * @param refusals told of what never became a request, and of who is too slow
   */
  public Http1Acceptor(
      HttpService service, Http1Settings settings, BooleanSupplier draining, Refusals refusals) {
    this(service, settings, draining, refusals, Shedding.OFF, RandomGenerator.getDefault());
  }

  /**
   * The same, which closes what is idle when there is too much of everything.
   *
   * @param random confined to the loop, or thread-safe
   */
  public Http1Acceptor(
      HttpService service,
      Http1Settings settings,
      BooleanSupplier draining,
      Refusals refusals,
      Shedding shedding,
      RandomGenerator random) {
    this.service = service;
    this.settings = settings;
    this.draining = draining;
    this.refusals = refusals;
    this.shedding = shedding;
    this.random = random;
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    connection.channel().pipeline().addLast(new ServerConnection(connection, info, this));
  }

  void serve(ServerExchange exchange) {
    try {
      service.serve(exchange);
    } catch (RuntimeException e) {
      LOG.error("a layer failed on {}", exchange.request().path(), e);
      exchange.reply(LocalReply.of(Reason.INTERNAL, "a fault of the proxy, see its log"));
    }
  }

  Http1Settings settings() {
    return settings;
  }

  boolean isDraining() {
    return draining.getAsBoolean() || shedding.drains();
  }

  Shedding shedding() {
    return shedding;
  }

  long endOfLife(long nowNanos) {
    return settings.times().endOfLife(nowNanos, random);
  }

  Refusals refusals() {
    return refusals;
  }

  HeadWriter writer() {
    return writer;
  }
}
