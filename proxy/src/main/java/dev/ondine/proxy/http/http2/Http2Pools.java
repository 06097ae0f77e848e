package dev.ondine.proxy.http.http2;

import dev.ondine.model.Endpoint;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.EndpointPool;
import dev.ondine.proxy.endpoint.PoolFactory;
import dev.ondine.proxy.transport.Loop;
import java.time.Duration;

/** Makes one loop's HTTP/2 pools. */
public final class Http2Pools implements PoolFactory {
  private final Loop loop;
  private final EndpointConnector connector;
  private final Http2PoolSettings settings;

  /** For this loop. */
  public Http2Pools(Loop loop, EndpointConnector connector, Http2PoolSettings settings) {
    this.loop = loop;
    this.connector = connector;
    this.settings = settings;
  }

  @Override
  public EndpointPool open(Endpoint endpoint, Duration connectTimeout) {
    return new Http2Endpoint(loop, connector, endpoint, connectTimeout, settings);
  }
}
