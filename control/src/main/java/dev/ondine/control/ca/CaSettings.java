package dev.ondine.control.ca;

import java.time.Duration;

/**
 * The times and bounds of the authority.
 *
 * @param leaf how long a workload's certificate is valid
 * @param intermediate how long the certificate of the signing key is valid
 * @param backdate how long before its issue a certificate becomes valid, for clocks that are slow
 * @param token how long a join token can be used, unless it was made with another time
 * @param tokenKept how long what became of a token is remembered after its end
 * @param maxTokens that are remembered at once
 * @param lease after this time without a sign of life another process may issue
 * @param command how long a signing command may take
 * @param maxCommands that run at once
 */
public record CaSettings(
    Duration leaf,
    Duration root,
    Duration intermediate,
    Duration backdate,
    Duration token,
    Duration tokenKept,
    int maxTokens,
    Duration lease,
    Duration command,
    int maxCommands) {
  public static final CaSettings DEFAULTS =
      new CaSettings(
          Duration.ofHours(24),
          Duration.ofDays(3650),
          Duration.ofDays(60),
          Duration.ofMinutes(10),
          Duration.ofMinutes(10),
          Duration.ofHours(24),
          10_000,
          Duration.ofSeconds(15),
          Duration.ofSeconds(10),
          4);

  public CaSettings {
    within("leaf lifetime", leaf, Duration.ofSeconds(10), Duration.ofDays(7));
    within("root lifetime", root, Duration.ofDays(365), Duration.ofDays(36_500));
    within("intermediate lifetime", intermediate, Duration.ofDays(30), Duration.ofDays(90));
    within("backdate", backdate, Duration.ZERO, Duration.ofHours(1));
    within("token lifetime", token, Duration.ofSeconds(1), Duration.ofHours(24));
    within("token record", tokenKept, Duration.ZERO, Duration.ofDays(30));
    within("issuer lease", lease, Duration.ofSeconds(1), Duration.ofMinutes(10));
    within("signing command", command, Duration.ofMillis(10), Duration.ofMinutes(1));
    atLeastOne("tokens", maxTokens);
    atLeastOne("signing commands", maxCommands);
  }

  /** The same with another lifetime of leaves. */
  public CaSettings withLeaf(Duration leaf) {
    return new CaSettings(
        leaf,
        root,
        intermediate,
        backdate,
        token,
        tokenKept,
        maxTokens,
        lease,
        command,
        maxCommands);
  }

  static void within(String what, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new CaException(
          what + ": " + value + " is out of range (allowed: " + least + " to " + most + ")");
    }
  }

  private static void atLeastOne(String what, int value) {
    if (value < 1) {
      throw new CaException(what + ": " + value + " is out of range (allowed: 1 or more)");
    }
  }
}
