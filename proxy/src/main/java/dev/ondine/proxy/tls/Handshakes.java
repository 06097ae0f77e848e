package dev.ondine.proxy.tls;

import dev.ondine.proxy.http.ConnectionInfo;

/** Told how handshakes with clients end. Called on all loops. */
@FunctionalInterface
public interface Handshakes {
  /** How a handshake ended. */
  enum Outcome {
    COMPLETED,
    /** The two sides do not agree, or what came is no TLS. */
    REFUSED,
    TIMED_OUT,
    /** The client closed or broke off its connection. */
    CLIENT_LEFT
  }

  /**
   * One handshake is over.
   *
   * @param detail what is known of a failure; empty for a success
   */
  void ended(ConnectionInfo connection, Outcome outcome, String detail);
}
