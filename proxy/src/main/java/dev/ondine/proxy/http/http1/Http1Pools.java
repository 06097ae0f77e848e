package dev.ondine.proxy.http.http1;

import dev.ondine.model.Endpoint;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.EndpointPool;
import dev.ondine.proxy.endpoint.PoolFactory;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.tls.TransportSecurity.Expected;
import dev.ondine.proxy.transport.Loop;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Makes one loop's HTTP/1.1 pools. */
public final class Http1Pools implements PoolFactory {
  private final Loop loop;
  private final EndpointConnector connector;
  private final Http1Settings settings;
  private final Shedding shedding;
  private final RandomGenerator random;
  private final HeadWriter writer = new HeadWriter();

  /**
   * For this loop.
   *
   * @param random makes the keys of WebSockets whose clients speak HTTP/2
   */
  public Http1Pools(
      Loop loop, EndpointConnector connector, Http1Settings settings, RandomGenerator random) {
    this(loop, connector, settings, Shedding.OFF, random);
  }

  /**
   * For this loop; they keep nothing and open nothing while there is too much of everything.
   *
   * @param random makes the keys of WebSockets whose clients speak HTTP/2, and ages; confined to
   *     the loop, or thread-safe
   */
  public Http1Pools(
      Loop loop,
      EndpointConnector connector,
      Http1Settings settings,
      Shedding shedding,
      RandomGenerator random) {
    this.shedding = shedding;
    this.random = random;
    this.loop = loop;
    this.connector = connector;
    this.settings = settings;
  }

  @Override
  public EndpointPool open(Endpoint endpoint, Expected expected, Duration connectTimeout) {
    return new Http1Endpoint(
        loop,
        connector.towards(expected),
        endpoint,
        connectTimeout,
        settings,
        shedding,
        writer,
        random);
  }
}
