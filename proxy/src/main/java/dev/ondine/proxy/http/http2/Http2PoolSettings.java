package dev.ondine.proxy.http.http2;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The bounds of HTTP/2 connections to endpoints.
 *
 * @param limits of each connection; {@code maxStreams} is how many exchanges one connection takes,
 *     if the endpoint does not allow fewer
 * @param keepalive of connections to endpoints with a sidecar; others may take PINGs for abuse
 * @param idle a connection without exchanges is closed after so long, or up to twice that
 * @param maxConnections to one endpoint from one loop; beyond it exchanges wait for a stream
 * @param maxWaiting exchanges that wait for a connection or a stream; beyond it they are refused
 */
public record Http2PoolSettings(
    Http2Limits limits, Keepalive keepalive, Duration idle, int maxConnections, int maxWaiting) {

  /** What holds where nothing else is said. */
  public static final Http2PoolSettings DEFAULTS =
      new Http2PoolSettings(
          Http2Limits.DEFAULTS, Keepalive.DEFAULT, Duration.ofSeconds(60), 64, 1_024);

  /** The same with another {@code idle}. */
  public Http2PoolSettings withIdle(Duration other) {
    return new Http2PoolSettings(limits, keepalive, other, maxConnections, maxWaiting);
  }

  public Http2PoolSettings {
    requireNonNull(limits, "limits");
    requireNonNull(keepalive, "keepalive");
    if (!idle.isPositive()) {
      throw new IllegalArgumentException("http2.idle: " + idle + " is not positive");
    }
    if (maxConnections < 1 || maxWaiting < 1) {
      throw new IllegalArgumentException(
          "http2.maxConnections " + maxConnections + " or maxWaiting " + maxWaiting);
    }
  }
}
