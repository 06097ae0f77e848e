package dev.ondine.control.ca;

import dev.ondine.model.Identity;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Who control is to the mesh: a certificate of its own, with a key that never leaves memory and
 * lives no longer than the certificate.
 */
final class OwnIdentity {
  static final String ATTESTOR = "control";

  /** Certificates are renewed at a random point of this part of their life. */
  private static final double EARLIEST = 0.4;

  private static final double LATEST = 0.5;

  /** Makes a certificate for a key. */
  interface Issue {
    KeyAndChain issue() throws RefusedException;
  }

  private final Identity identity;
  private final InstantSource clock;
  private final SecureRandom random;
  private volatile Optional<KeyAndChain> current = Optional.empty();
  private volatile Instant due = Instant.MIN;

  OwnIdentity(String trustDomain, InstantSource clock, SecureRandom random) {
    this.identity = Identity.ofControl(trustDomain);
    this.clock = clock;
    this.random = random;
  }

  Identity identity() {
    return identity;
  }

  /** Empty before the first could be issued. */
  Optional<KeyAndChain> current() {
    return current;
  }

  boolean isDue() {
    return !clock.instant().isBefore(due);
  }

  /** Takes a new certificate from now on. */
  void renew(Issue issue) throws RefusedException {
    var next = issue.issue();
    var now = clock.instant();
    var life = Duration.between(now, next.leaf().getNotAfter().toInstant());
    var part = EARLIEST + (LATEST - EARLIEST) * random.nextDouble();
    current = Optional.of(next);
    due = now.plus(Duration.ofMillis((long) (life.toMillis() * part)));
  }
}
