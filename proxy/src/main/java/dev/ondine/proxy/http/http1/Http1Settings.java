package dev.ondine.proxy.http.http1;

import static java.util.Objects.requireNonNull;

import dev.ondine.proxy.http.HttpTimes;

/**
 * The bounds of HTTP/1.1 connections.
 *
 * @param head how large heads may be
 * @param times how long clients and endpoints may take
 * @param maxConnections to one endpoint from one loop; beyond it requests wait
 * @param maxWaiting requests that wait for a connection; beyond it they are refused
 */
public record Http1Settings(HeadLimits head, HttpTimes times, int maxConnections, int maxWaiting) {

  /** What holds where nothing else is said. */
  public static final Http1Settings DEFAULTS = of(HttpTimes.DEFAULTS);

  /** The defaults with these times. */
  public static Http1Settings of(HttpTimes times) {
    return new Http1Settings(HeadLimits.DEFAULT, times, 1_024, 1_024);
  }

  public Http1Settings {
    requireNonNull(head, "head");
    requireNonNull(times, "times");
    if (maxConnections < 1 || maxWaiting < 0) {
      throw new IllegalArgumentException(
          "http1.maxConnections " + maxConnections + " or maxWaiting " + maxWaiting);
    }
  }
}
