package dev.ondine.proxy.tls;

import static dev.ondine.proxy.tls.TlsFailure.CA_CERTIFICATE;
import static dev.ondine.proxy.tls.TlsFailure.CHAIN_TOO_LONG;
import static dev.ondine.proxy.tls.TlsFailure.EXPIRED;
import static dev.ondine.proxy.tls.TlsFailure.MALFORMED_NAME;
import static dev.ondine.proxy.tls.TlsFailure.NOT_YET_VALID;
import static dev.ondine.proxy.tls.TlsFailure.NO_CERTIFICATE;
import static dev.ondine.proxy.tls.TlsFailure.NO_NAME;
import static dev.ondine.proxy.tls.TlsFailure.SEVERAL_NAMES;
import static dev.ondine.proxy.tls.TlsFailure.UNKNOWN_ISSUER;
import static dev.ondine.proxy.tls.TlsFailure.WEAK_KEY;
import static dev.ondine.proxy.tls.TlsFailure.WRONG_TRUST_DOMAIN;
import static dev.ondine.proxy.tls.TlsFailure.WRONG_USAGE;

import dev.ondine.model.Identity;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.TrustBundle;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says who a peer is by the certificates that it shows, or why it is nobody: the rules of SPIFFE
 * for an X.509-SVID, and PKIX (RFC 5280) up to a root of the name's own trust domain. Confined to
 * one loop.
 *
 * <p>Signatures are checked once for each chain: nothing of that depends on the time. What does is
 * checked each time.
 */
final class PeerVerifier {
  /** Own certificate, and up to four that issued each other. */
  static final int MAX_CHAIN = 5;

  /** Chains that are remembered. */
  private static final int MAX_KNOWN = 256;

  private static final int MIN_RSA_BITS = 2048;
  private static final int URI = 6; // the kind of a name, RFC 5280, section 4.2.1.6
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final String ANY_USAGE = "2.5.29.37.0";

  /** What a certificate is shown for. */
  enum Role {
    CLIENT("1.3.6.1.5.5.7.3.2", "client"),
    SERVER("1.3.6.1.5.5.7.3.1", "server");

    private final String usage;
    private final String text;

    Role(String usage, String text) {
      this.usage = usage;
      this.text = text;
    }
  }

  /**
   * Who it is.
   *
   * @param notAfter when the first certificate of the chain expires
   */
  record Verified(Identity identity, List<X509Certificate> chain, Instant notAfter) {
    X509Certificate leaf() {
      return chain.getFirst();
    }
  }

  private final Map<String, TrustBundle> bundles;
  private final Map<List<X509Certificate>, Identity> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<X509Certificate>, Identity> eldest) {
          return size() > MAX_KNOWN;
        }
      };

  PeerVerifier(Map<String, TrustBundle> bundles) {
    this.bundles = bundles;
  }

  /**
   * Checks all that can be known of it.
   *
   * @param presented own certificate first
   * @throws RefusedPeerException naming the rule and the offending value
   */
  Verified verify(List<X509Certificate> presented, Role role, Instant now)
      throws RefusedPeerException {
    if (presented.isEmpty()) {
      throw new RefusedPeerException(NO_CERTIFICATE, "it shows no certificate");
    }
    if (presented.size() > MAX_CHAIN) {
      throw new RefusedPeerException(
          CHAIN_TOO_LONG,
          "it shows "
              + presented.size()
              + " certificates; at most "
              + MAX_CHAIN
              + " are looked at");
    }
    var identity = known.get(presented);
    if (identity == null) {
      identity = name(presented.getFirst());
      checkLeaf(presented.getFirst());
      var bundle = bundles.get(identity.trustDomain());
      if (bundle == null) {
        throw new RefusedPeerException(
            WRONG_TRUST_DOMAIN, identity + " is of a trust domain without a bundle here");
      }
      checkTimes(presented, identity, now); // a better word for it than PKIX has
      checkPath(presented, bundle, identity, now);
      known.put(List.copyOf(presented), identity);
    }
    checkUsage(presented.getFirst(), role, identity);
    return new Verified(identity, List.copyOf(presented), checkTimes(presented, identity, now));
  }

  // ---- the name
  // -----------------------------------------------------------------------------------

  private static Identity name(X509Certificate leaf) throws RefusedPeerException {
    var uris = new ArrayList<String>(1);
    try {
      var names = leaf.getSubjectAlternativeNames();
      if (names != null) {
        for (var name : names) {
          if (name.getFirst() instanceof Integer kind && kind == URI) {
            uris.add(String.valueOf(name.get(1)));
          }
        }
      } else if (leaf.getExtensionValue("2.5.29.17") != null) {
        throw new RefusedPeerException(MALFORMED_NAME, "its alternative names cannot be read");
      }
    } catch (CertificateParsingException e) {
      throw new RefusedPeerException(
          MALFORMED_NAME, "its alternative names cannot be read: " + e.getMessage());
    }
    if (uris.isEmpty()) {
      throw new RefusedPeerException(
          NO_NAME, "the certificate of '" + leaf.getSubjectX500Principal() + "' has no URI");
    }
    if (uris.size() > 1) {
      throw new RefusedPeerException(SEVERAL_NAMES, "its certificate has the URIs " + uris);
    }
    try {
      return Identity.parse(uris.getFirst());
    } catch (InvalidResourceException e) {
      throw new RefusedPeerException(MALFORMED_NAME, String.valueOf(e.getMessage()));
    }
  }

  // ---- the certificate
  // ----------------------------------------------------------------------------

  private static void checkLeaf(X509Certificate leaf) throws RefusedPeerException {
    if (leaf.getBasicConstraints() >= 0) {
      throw new RefusedPeerException(CA_CERTIFICATE, "its certificate is that of an authority");
    }
    var usage = leaf.getKeyUsage();
    if (usage != null && (usage[KEY_CERT_SIGN] || usage[CRL_SIGN])) {
      throw new RefusedPeerException(
          CA_CERTIFICATE, "its certificate's key may sign certificates or revocations");
    }
    if (usage != null && !usage[0]) {
      throw new RefusedPeerException(WRONG_USAGE, "its certificate's key may not sign handshakes");
    }
    if (leaf.getPublicKey() instanceof RSAPublicKey rsa
        && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      throw new RefusedPeerException(
          WEAK_KEY, "its RSA key has " + rsa.getModulus().bitLength() + " bits");
    }
  }

  private static void checkUsage(X509Certificate leaf, Role role, Identity identity)
      throws RefusedPeerException {
    try {
      var usages = leaf.getExtendedKeyUsage();
      if (usages != null && !usages.contains(role.usage) && !usages.contains(ANY_USAGE)) {
        throw new RefusedPeerException(
            WRONG_USAGE,
            identity + " shows a certificate that is not for a " + role.text + ": " + usages);
      }
    } catch (CertificateParsingException e) {
      throw new RefusedPeerException(
          WRONG_USAGE, "its certificate's usages cannot be read: " + e.getMessage());
    }
  }

  /** When the first of them expires. */
  private static Instant checkTimes(List<X509Certificate> chain, Identity identity, Instant now)
      throws RefusedPeerException {
    var first = Instant.MAX;
    for (var certificate : chain) {
      var notBefore = certificate.getNotBefore().toInstant();
      var notAfter = certificate.getNotAfter().toInstant();
      if (now.isBefore(notBefore)) {
        throw new RefusedPeerException(
            NOT_YET_VALID,
            "a certificate of "
                + identity
                + " is valid from "
                + notBefore
                + " on, and this host's clock says "
                + now);
      }
      if (now.isAfter(notAfter)) {
        throw new RefusedPeerException(
            EXPIRED,
            "a certificate of "
                + identity
                + " was valid until "
                + notAfter
                + ", and this host's clock says "
                + now);
      }
      first = notAfter.isBefore(first) ? notAfter : first;
    }
    return first;
  }

  // ---- who issued it
  // ------------------------------------------------------------------------------

  private static void checkPath(
      List<X509Certificate> chain, TrustBundle bundle, Identity identity, Instant now)
      throws RefusedPeerException {
    var path = new ArrayList<>(chain);
    while (path.size() > 1 && bundle.roots().contains(path.getLast())) {
      path.removeLast(); // it may be shown, but says nothing
    }
    try {
      var parameters = new PKIXParameters(anchors(bundle));
      parameters.setRevocationEnabled(false); // certificates live for a day
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (GeneralSecurityException e) {
      throw new RefusedPeerException(
          UNKNOWN_ISSUER,
          "no root of "
              + bundle.trustDomain()
              + " stands for "
              + identity
              + ", issued by '"
              + chain.getFirst().getIssuerX500Principal()
              + "': "
              + e.getMessage());
    }
  }

  private static Set<TrustAnchor> anchors(TrustBundle bundle) {
    var anchors = new HashSet<TrustAnchor>();
    bundle.roots().forEach(root -> anchors.add(new TrustAnchor(root, null)));
    return anchors;
  }
}
