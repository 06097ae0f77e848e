package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import java.util.function.BooleanSupplier;

/** Serves connections that speak HTTP/1.1, all on one loop. */
public final class Http1Acceptor implements Acceptor {
  private final HttpService service;
  private final Http1Settings settings;
  private final BooleanSupplier draining;
  private final Refusals refusals;
  private final HeadWriter writer = new HeadWriter();

  /**
   * Gives each request to the service.
   *
   * @param draining asked at each answer: true lets the connection close behind it
   * @param refusals told of what never became a request
   */
  public Http1Acceptor(
      HttpService service, Http1Settings settings, BooleanSupplier draining, Refusals refusals) {
    this.service = service;
    this.settings = settings;
    this.draining = draining;
    this.refusals = refusals;
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    connection.channel().pipeline().addLast(new ServerConnection(connection, info, this));
  }

  HttpService service() {
    return service;
  }

  Http1Settings settings() {
    return settings;
  }

  boolean isDraining() {
    return draining.getAsBoolean();
  }

  Refusals refusals() {
    return refusals;
  }

  HeadWriter writer() {
    return writer;
  }
}
