package dev.ondine.control.ca;

import dev.ondine.model.Identity;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One certificate that was issued: what the log says of it.
 *
 * @param attestor what proved the identity
 * @param key the SHA-256 of the public key
 * @param certificate its SHA-256
 * @param issuer the SHA-256 of the certificate that issued it
 * @param root the SHA-256 of the root that it leads to; empty where it is not known
 */
public record Issuance(
    Instant at,
    Identity identity,
    String attestor,
    String serial,
    Instant notBefore,
    Instant notAfter,
    String key,
    String certificate,
    String issuer,
    String root) {

  /** Of a chain that is about to be handed out. */
  static Issuance of(
      List<X509Certificate> chain,
      Optional<X509Certificate> root,
      Identity identity,
      String attestor,
      Instant at) {
    var leaf = chain.getFirst();
    return new Issuance(
        at,
        identity,
        attestor,
        Certificates.serial(leaf),
        leaf.getNotBefore().toInstant(),
        leaf.getNotAfter().toInstant(),
        Certificates.hex(Certificates.sha256(leaf.getPublicKey().getEncoded())),
        Certificates.hexOf(leaf),
        chain.size() > 1 ? Certificates.hexOf(chain.get(1)) : "",
        root.map(Certificates::hexOf).orElse(""));
  }
}
