package dev.ondine.control.ca;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a key and its certificates may issue: what no verifier would accept is found here, before
 * anybody is given a certificate of it.
 */
final class IssuerCheck {
  private static final int MAX_CHAIN = 4;
  private static final int KEY_CERT_SIGN = 5;

  private IssuerCheck() {}

  /** Throws what is wrong with the issuer, naming the certificate. */
  static void check(Issuer issuer, Instant now, SecureRandom random) {
    if (issuer.chain().size() > MAX_CHAIN) {
      throw new CaException(
          "the chain has " + issuer.chain().size() + " certificates (allowed: " + MAX_CHAIN + ")");
    }
    var path = new ArrayList<>(issuer.chain());
    path.add(issuer.root());
    for (var i = 0; i < path.size(); i++) {
      authority(path.get(i), i, now);
      if (i + 1 < path.size()) {
        issued(path.get(i), path.get(i + 1));
      }
    }
    checkRoot(issuer.root(), now);
    if (!Keys.belong(issuer.key(), issuer.certificate().getPublicKey(), random)) {
      throw wrong(issuer.certificate(), "belongs to another private key than the one given");
    }
  }

  /** Throws what is wrong with a root. */
  static void checkRoot(X509Certificate root, Instant now) {
    authority(root, 0, now);
    issued(root, root);
  }

  /** Orders certificates as a path from the one of this key to a root. */
  static List<X509Certificate> path(List<X509Certificate> certificates, PublicKey own) {
    var rest = new ArrayList<>(certificates);
    var path = new ArrayList<X509Certificate>();
    var next = rest.stream().filter(c -> c.getPublicKey().equals(own)).findFirst();
    while (next.isPresent()) {
      var current = next.get();
      rest.remove(current);
      path.add(current);
      next =
          isSelfIssued(current)
              ? Optional.empty()
              : rest.stream()
                  .filter(c -> c.getSubjectX500Principal().equals(current.getIssuerX500Principal()))
                  .findFirst();
    }
    if (!rest.isEmpty()) {
      throw wrong(rest.getFirst(), "is no part of the chain");
    }
    return path;
  }

  static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private static void authority(X509Certificate certificate, int below, Instant now) {
    var pathLength = certificate.getBasicConstraints();
    if (pathLength < 0) {
      throw wrong(certificate, "is no authority's (basicConstraints CA:true is missing)");
    }
    // Certificates of authorities between it and a leaf.
    if (pathLength < below) {
      throw wrong(certificate, "allows " + pathLength + " authorities below it, but has " + below);
    }
    var usage = certificate.getKeyUsage();
    if (usage == null || !usage[KEY_CERT_SIGN]) {
      throw wrong(certificate, "may not sign certificates (keyUsage keyCertSign is missing)");
    }
    if (!Keys.isStrong(certificate.getPublicKey())) {
      throw wrong(
          certificate,
          "has a weak key, "
              + Keys.describe(certificate.getPublicKey())
              + " (allowed: P-256, P-384, RSA of 2048 to 8192 bits)");
    }
    if (now.isBefore(certificate.getNotBefore().toInstant())
        || now.isAfter(certificate.getNotAfter().toInstant())) {
      throw wrong(
          certificate,
          "is valid from "
              + certificate.getNotBefore().toInstant()
              + " to "
              + certificate.getNotAfter().toInstant()
              + ", and it is "
              + now);
    }
  }

  private static void issued(X509Certificate certificate, X509Certificate issuer) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      throw wrong(certificate, "is not issued by '" + issuer.getSubjectX500Principal() + "'");
    }
    try {
      certificate.verify(issuer.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw wrong(
          certificate,
          "is not signed by '" + issuer.getSubjectX500Principal() + "': " + e.getMessage());
    }
  }

  private static CaException wrong(X509Certificate certificate, String what) {
    return new CaException(
        "the certificate of '" + certificate.getSubjectX500Principal() + "' " + what);
  }
}
