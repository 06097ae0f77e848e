package dev.ondine.proxy.http.http1;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The bounds of HTTP/1.1 connections. Times are kept to the second.
 *
 * @param head how large heads may be
 * @param headTimeout from a request's first byte to its last header line
 * @param keepAlive a client's connection without a request is closed after so long
 * @param stall a body that moves in neither direction breaks off after so long
 * @param poolIdle an unused connection to an endpoint is closed after so long
 * @param maxConnections to one endpoint from one loop; beyond it requests wait
 * @param maxWaiting requests that wait for a connection; beyond it they are refused
 */
public record Http1Settings(
    HeadLimits head,
    Duration headTimeout,
    Duration keepAlive,
    Duration stall,
    Duration poolIdle,
    int maxConnections,
    int maxWaiting) {

  /** The defaults. Client connections may rest for long: a sidecar has few clients. */
  public static final Http1Settings DEFAULTS =
      new Http1Settings(
          HeadLimits.DEFAULT,
          Duration.ofSeconds(10),
          Duration.ofMinutes(60),
          Duration.ofMinutes(5),
          Duration.ofSeconds(60),
          1_024,
          1_024);

  public Http1Settings {
    requireNonNull(head, "head");
    positive("headTimeout", headTimeout);
    positive("keepAlive", keepAlive);
    positive("stall", stall);
    positive("poolIdle", poolIdle);
    if (maxConnections < 1 || maxWaiting < 0) {
      throw new IllegalArgumentException(
          "http1.maxConnections " + maxConnections + " or maxWaiting " + maxWaiting);
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException("http1." + name + ": " + value + " is not positive");
    }
  }
}
