package dev.ondine.proxy.identity;

import dev.ondine.model.Identity;
import dev.ondine.model.TrustBundles;
import dev.ondine.proxy.tls.Credentials;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * A certified key, with what is believed along with it.
 *
 * @param since when it came
 */
record Held(Identity identity, Credentials credentials, TrustBundles bundles, Instant since) {
  Held withBundles(TrustBundles others) {
    return new Held(identity, credentials, others, since);
  }

  private X509Certificate leaf() {
    return credentials.chain().getFirst();
  }

  Instant notBefore() {
    return leaf().getNotBefore().toInstant();
  }

  Instant notAfter() {
    return leaf().getNotAfter().toInstant();
  }

  boolean isValidAt(Instant now) {
    return !now.isBefore(notBefore()) && now.isBefore(notAfter());
  }

  /**
   * The moment at which this part of the life that was left when it came is over; of its whole
   * life, where the clock that said when it came was wrong.
   */
  Instant after(double part) {
    var begin = isValidAt(since) ? since : notBefore();
    var life = Duration.between(begin, notAfter());
    return begin.plusMillis((long) (life.toMillis() * part));
  }
}
