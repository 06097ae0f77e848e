package dev.ondine.proxy.tls;

import dev.ondine.model.Identity;
import dev.ondine.model.JoinToken;
import dev.ondine.model.TrustBundle;
import dev.ondine.proxy.tls.PeerVerifier.Role;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Takes a server for control if, and only if, it has control's identity: by the bundle that the
 * sidecar has, or, before it has one, by the roots that a join token pins.
 */
public final class ControlTrust extends X509ExtendedTrustManager {
  private final Roots roots;
  private final InstantSource clock;

  /** Whom a chain may come from, in one trust domain. */
  private interface Roots {
    TrustBundle of(List<X509Certificate> chain) throws CertificateException;
  }

  private ControlTrust(Roots roots, InstantSource clock) {
    this.roots = roots;
    this.clock = clock;
  }

  /** By what the sidecar itself is certified with. */
  public static ControlTrust of(IdentitySource identity, InstantSource clock) {
    return new ControlTrust(
        _ -> {
          var own =
              identity
                  .current()
                  .orElseThrow(
                      () -> new CertificateException("without an identity nobody is trusted"));
          return Optional.ofNullable(own.bundles().get(own.identity().trustDomain())).orElseThrow();
        },
        clock);
  }

  /** By the roots that this token pins; the server shows its root at the end of its chain. */
  public static ControlTrust pinned(JoinToken token, InstantSource clock) {
    return new ControlTrust(
        chain -> {
          var root = chain.getLast();
          var hash = sha256(root);
          if (!token.roots().contains(hash)) {
            throw new CertificateException(
                "the server's root has the hash "
                    + hash
                    + ", the join token pins "
                    + token.roots());
          }
          return new TrustBundle(token.trustDomain(), List.of(root), 0);
        },
        clock);
  }

  private static String sha256(X509Certificate certificate) throws CertificateException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new CertificateException(e);
    }
  }

  private void check(X509Certificate[] shown) throws CertificateException {
    var chain = List.of(shown);
    if (chain.isEmpty()) {
      throw new CertificateException("the server shows no certificate");
    }
    var bundle = roots.of(chain);
    var verifier = new PeerVerifier(Map.of(bundle.trustDomain(), bundle));
    var control = Identity.ofControl(bundle.trustDomain());
    var found = verifier.verify(chain, Role.SERVER, clock.instant()).identity();
    if (!found.equals(control)) {
      throw new RefusedPeerException(
          TlsFailure.WRONG_IDENTITY, "the server is " + found + ", not " + control);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  // ---- only servers are judged ------------------------------------------------------------------

  private static CertificateException client() {
    return new CertificateException("a sidecar serves nobody by this trust");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw client();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw client();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw client();
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
