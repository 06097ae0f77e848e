package dev.ondine.control.ca;

import dev.ondine.model.Identity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Signs with the intermediate's key in this process. */
final class LocalSigner implements Signer {
  /** A certificate that ends sooner would be of no use. */
  private static final Duration LEAST_LIFE = Duration.ofSeconds(5);

  private final Minter minter;
  private final InstantSource clock;
  private volatile Issuer issuer;

  LocalSigner(Minter minter, InstantSource clock, Issuer issuer) {
    this.minter = minter;
    this.clock = clock;
    this.issuer = issuer;
  }

  Issuer issuer() {
    return issuer;
  }

  /** Signs with this one from now on. */
  void use(Issuer issuer) {
    this.issuer = issuer;
  }

  @Override
  public List<X509Certificate> sign(SigningRequest request, Identity identity)
      throws RefusedException {
    var current = issuer;
    var now = clock.instant();
    for (var certificate : current.chain()) {
      checkTime(certificate, now);
    }
    checkTime(current.root(), now);
    var chain = new ArrayList<X509Certificate>();
    chain.add(minter.leaf(identity, request.key(), current, now));
    chain.addAll(current.chain());
    return List.copyOf(chain);
  }

  private static void checkTime(X509Certificate certificate, Instant now) throws RefusedException {
    if (now.plus(LEAST_LIFE).isAfter(certificate.getNotAfter().toInstant())) {
      throw cannot(certificate, "ended " + certificate.getNotAfter().toInstant());
    }
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      throw cannot(certificate, "begins " + certificate.getNotBefore().toInstant());
    }
  }

  private static RefusedException cannot(X509Certificate certificate, String when) {
    return new RefusedException(
        Refusal.CANNOT_SIGN,
        "the authority's certificate '"
            + certificate.getSubjectX500Principal()
            + "' "
            + when
            + " by control's clock");
  }
}
