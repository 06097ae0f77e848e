package dev.ondine.control.ca;

import dev.ondine.model.Identity;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.TrustBundle;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Verifies X.509-SVIDs: whom a chain names, if it may be believed.
 *
 * <p>The bundle is the one of the trust domain that the leaf names, so that no domain's authority
 * can make identities of another.
 */
public final class SvidVerifier {
  /** For what a leaf is used. */
  public enum Use {
    SERVER("1.3.6.1.5.5.7.3.1"),
    CLIENT("1.3.6.1.5.5.7.3.2");

    private final String purpose;

    Use(String purpose) {
      this.purpose = purpose;
    }
  }

  private static final int MAX_CHAIN = 5;
  private static final int URI = 6;
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  private final Function<String, Optional<TrustBundle>> bundles;
  private final InstantSource clock;

  /**
   * @param bundles by trust domain
   */
  public SvidVerifier(Function<String, Optional<TrustBundle>> bundles, InstantSource clock) {
    this.bundles = bundles;
    this.clock = clock;
  }

  /**
   * Verifies a chain, the leaf first.
   *
   * @throws CertificateException with the reason
   */
  public Identity verify(List<X509Certificate> chain, Use use) throws CertificateException {
    if (chain.isEmpty() || chain.size() > MAX_CHAIN) {
      throw new CertificateException(
          "a chain of " + chain.size() + " certificates (allowed: 1 to " + MAX_CHAIN + ")");
    }
    var leaf = chain.getFirst();
    var identity = identity(leaf);
    checkLeaf(leaf, use);
    var bundle =
        bundles
            .apply(identity.trustDomain())
            .orElseThrow(
                () ->
                    new CertificateException(
                        "the trust domain " + identity.trustDomain() + " is not trusted here"));
    validate(chain, bundle);
    return identity;
  }

  /** The one URI that a leaf names, read as an identity; says nothing about its truth. */
  public static Identity identity(X509Certificate leaf) throws CertificateException {
    var names = leaf.getSubjectAlternativeNames();
    var uris =
        (names == null ? List.<List<?>>of() : names)
            .stream().filter(name -> name.getFirst().equals(URI)).toList();
    if (uris.size() != 1) {
      throw new CertificateException(
          "the certificate names " + uris.size() + " URIs (an SVID names exactly one)");
    }
    try {
      return Identity.parse(String.valueOf(uris.getFirst().get(1)));
    } catch (InvalidResourceException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  private static void checkLeaf(X509Certificate leaf, Use use) throws CertificateException {
    if (leaf.getBasicConstraints() >= 0) {
      throw new CertificateException("the certificate is an authority's (CA:true)");
    }
    var usage = leaf.getKeyUsage();
    if (usage == null || !usage[DIGITAL_SIGNATURE]) {
      throw new CertificateException("the certificate is not for digital signatures");
    }
    if (usage[KEY_CERT_SIGN] || usage[CRL_SIGN]) {
      throw new CertificateException("the certificate may sign certificates");
    }
    Collection<String> purposes = leaf.getExtendedKeyUsage();
    if (purposes != null && !purposes.contains(use.purpose) && !purposes.contains(ANY_PURPOSE)) {
      throw new CertificateException("the certificate is not for use as " + use);
    }
  }

  private void validate(List<X509Certificate> chain, TrustBundle bundle)
      throws CertificateException {
    try {
      var anchors =
          bundle.roots().stream()
              .map(root -> new TrustAnchor(root, null))
              .collect(Collectors.toSet());
      var parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false); // they live for hours instead
      parameters.setDate(Date.from(clock.instant()));
      // An anchor within the chain is no part of a path.
      var path = chain.stream().filter(one -> !bundle.roots().contains(one)).toList();
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (GeneralSecurityException e) {
      throw new CertificateException(
          "not issued by the bundle of " + bundle.trustDomain() + ": " + e.getMessage(), e);
    }
  }
}
