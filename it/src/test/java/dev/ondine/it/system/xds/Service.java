package dev.ondine.it.system.xds;

/**
 * The one service of a part of the test; its endpoints are called {@code one}, {@code two} and
 * {@code three}.
 */
interface Service {
  /** Tells the control plane of an endpoint. */
  void add(String endpoint) throws Exception;

  /** Sends one request through the peer and returns the endpoint that answered. */
  String request() throws Exception;
}
