package dev.ondine.proxy.grpcclient;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * Who has called a workload, as its sidecar tells control.
 *
 * @param mtls what is demanded of callers now, in the word of documents
 * @param since when that last changed
 * @param at when this was looked at
 * @param plaintext who came in the clear where that is allowed, who was seen last first
 * @param proven who came by mutual TLS, likewise
 */
public record Census(
    String mtls, Instant since, Instant at, List<Plaintext> plaintext, List<Proven> proven) {
  /** Callers of each sort that a message holds. */
  public static final int MAX_CALLERS = 64;

  /**
   * Somebody in the clear.
   *
   * @param address an IP address, or {@code others}
   * @param port that the workload listens on
   */
  public record Plaintext(
      String address, int port, long connections, long requests, Instant lastSeen) {}

  /**
   * Somebody by mutual TLS.
   *
   * @param identity a SPIFFE ID, or {@code others}
   */
  public record Proven(String identity, long connections, long requests, Instant lastSeen) {}

  /** Leaves out whom a message has no room for. */
  public Census {
    requireNonNull(mtls, "mtls");
    requireNonNull(since, "since");
    requireNonNull(at, "at");
    plaintext = List.copyOf(plaintext.subList(0, Math.min(plaintext.size(), MAX_CALLERS)));
    proven = List.copyOf(proven.subList(0, Math.min(proven.size(), MAX_CALLERS)));
  }

  /** Whether it says the same, at another time. */
  boolean sameAs(Census other) {
    return mtls.equals(other.mtls)
        && since.equals(other.since)
        && plaintext.equals(other.plaintext)
        && proven.equals(other.proven);
  }
}
