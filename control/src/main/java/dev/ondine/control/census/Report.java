package dev.ondine.control.census;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * What one sidecar told of its workload's callers, by control's clock.
 *
 * @param mtls what the sidecar demands of them where no port says otherwise
 * @param since when that last changed there
 * @param plaintext who came in the clear, who was seen last first
 * @param proven who came by mutual TLS, likewise
 */
public record Report(String mtls, Instant since, List<Plaintext> plaintext, List<Proven> proven) {
  /**
   * Somebody in the clear.
   *
   * @param address an IP address; or {@code others}, {@code local}
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

  public Report {
    requireNonNull(mtls, "mtls");
    requireNonNull(since, "since");
    plaintext = List.copyOf(plaintext);
    proven = List.copyOf(proven);
  }

  /** Without those who were seen before this, and at most so many of each sort. */
  Report newerThan(Instant limit, int maxCallers) {
    return new Report(
        mtls,
        since,
        plaintext.stream()
            .filter(one -> !one.lastSeen().isBefore(limit))
            .limit(maxCallers)
            .toList(),
        proven.stream().filter(one -> !one.lastSeen().isBefore(limit)).limit(maxCallers).toList());
  }
}
