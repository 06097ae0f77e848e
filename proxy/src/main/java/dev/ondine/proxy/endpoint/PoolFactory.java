package dev.ondine.proxy.endpoint;

import dev.ondine.model.Endpoint;
import java.time.Duration;

/** Makes the pools of one loop for one protocol. */
@FunctionalInterface
public interface PoolFactory {
  /** A pool to this endpoint that connects when the first exchange comes. */
  EndpointPool open(Endpoint endpoint, Duration connectTimeout);
}
