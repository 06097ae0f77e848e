package dev.ondine.proxy.identity;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * When a certificate is renewed.
 *
 * @param renewFrom of a certificate's life, where the random point of renewal begins
 * @param renewTo of a certificate's life, where it ends
 * @param urgentFrom of a certificate's life, from which on it is tried more often
 * @param look between two looks at the clock, which may jump
 * @param limit of one attempt
 */
public record IdentitySettings(
    double renewFrom, double renewTo, double urgentFrom, Duration look, Duration limit) {
  /** What holds where nothing else is said. */
  public static final IdentitySettings DEFAULTS =
      new IdentitySettings(0.4, 0.5, 0.8, Duration.ofSeconds(10), Duration.ofSeconds(10));

  public IdentitySettings {
    requireNonNull(look, "look");
    requireNonNull(limit, "limit");
    if (!(0 < renewFrom && renewFrom <= renewTo && renewTo <= urgentFrom && urgentFrom < 1)) {
      throw new IllegalArgumentException(
          "identity: renewFrom "
              + renewFrom
              + ", renewTo "
              + renewTo
              + " and urgentFrom "
              + urgentFrom
              + " do not follow each other between 0 and 1");
    }
    if (!look.isPositive() || !limit.isPositive()) {
      throw new IllegalArgumentException("identity: look and limit must be positive");
    }
  }
}
