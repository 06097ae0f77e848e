package dev.ondine.proxy.http.http2;

import dev.ondine.model.Endpoint;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.EndpointPool;
import dev.ondine.proxy.endpoint.PoolFactory;
import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.tls.TransportSecurity.Expected;
import dev.ondine.proxy.transport.Loop;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Makes one loop's HTTP/2 pools. */
public final class Http2Pools implements PoolFactory {
  private final Loop loop;
  private final EndpointConnector connector;
  private final Http2PoolSettings settings;
  private final HttpTimes times;
  private final Shedding shedding;
  private final RandomGenerator random;

  /** For this loop. */
  public Http2Pools(Loop loop, EndpointConnector connector, Http2PoolSettings settings) {
    this(loop, connector, settings, HttpTimes.DEFAULTS, Shedding.OFF, RandomGenerator.getDefault());
  }

  /**
   * For this loop; they open nothing while there is too much of everything.
   *
   * @param random confined to the loop, or thread-safe
   */
  public Http2Pools(
      Loop loop,
      EndpointConnector connector,
      Http2PoolSettings settings,
      HttpTimes times,
      Shedding shedding,
      RandomGenerator random) {
    this.times = times;
    this.shedding = shedding;
    this.random = random;
    this.loop = loop;
    this.connector = connector;
    this.settings = settings;
  }

  @Override
  public EndpointPool open(Endpoint endpoint, Expected expected, Duration connectTimeout) {
    return new Http2Endpoint(
        loop,
        connector.towards(expected),
        endpoint,
        connectTimeout,
        settings,
        times,
        shedding,
        random);
  }
}
