package dev.ondine.proxy.http;

/**
 * Told of what a codec refused for what the client did, before it became an exchange or in the
 * middle of one; for log and metrics.
 */
@FunctionalInterface
public interface Refusals {
  /** Something was refused; {@code detail} names no data of the caller. */
  void refused(ConnectionInfo connection, Reason reason, String detail);

  /** A client was broken off because it takes too long over something. */
  default void tooSlow(ConnectionInfo connection, Slowness at) {
    refused(connection, at.failure().reason(), at.failure().detail());
  }
}
