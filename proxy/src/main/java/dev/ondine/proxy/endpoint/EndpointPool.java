package dev.ondine.proxy.endpoint;

import dev.ondine.proxy.http.HttpService;

/**
 * The connections of one loop to one endpoint, and the exchanges that wait for one. Confined to the
 * loop.
 */
public interface EndpointPool extends HttpService {
  /** True if nothing is under way and nothing is connected: it can be forgotten. */
  boolean isIdle();
}
