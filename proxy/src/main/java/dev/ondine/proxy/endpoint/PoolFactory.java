package dev.ondine.proxy.endpoint;

import dev.ondine.model.Endpoint;
import dev.ondine.proxy.tls.TransportSecurity.Expected;
import java.time.Duration;

/** Makes the pools of one loop for one protocol. */
@FunctionalInterface
public interface PoolFactory {
  /**
   * A pool to this endpoint that connects when the first exchange comes.
   *
   * @param expected who has to be there
   */
  EndpointPool open(Endpoint endpoint, Expected expected, Duration connectTimeout);
}
