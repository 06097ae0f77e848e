package dev.ondine.proxy.http.http1;

/**
 * How long a client's connection has been in its present state, in sweeps. Confined to its loop.
 */
final class ServerTimeouts {
  private final long headTimeout;
  private final long keepAlive;
  private final long stall;
  private int quiet; // sweeps since something moved
  private int heading; // sweeps since a head began

  ServerTimeouts(Http1Settings settings) {
    headTimeout = settings.headTimeout().toSeconds();
    keepAlive = settings.keepAlive().toSeconds();
    stall = settings.stall().toSeconds();
  }

  /** Bytes came, or could be sent. */
  void progressed() {
    quiet = 0;
  }

  /** A head is complete. */
  void began() {
    heading = 0;
  }

  /** One more sweep with a part of a head; trickling does not help. */
  boolean isHeadOverdue() {
    return ++heading > headTimeout;
  }

  /** One more sweep between requests. */
  boolean isIdleTooLong() {
    heading = 0;
    return ++quiet > keepAlive;
  }

  /** One more sweep with a client that neither sends nor takes. */
  boolean isStalledTooLong() {
    return ++quiet > stall;
  }
}
