package dev.ondine.control.ca;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Believes clients whose X.509-SVID the trust bundle of its own domain vouches for. */
public final class ClientTrust extends X509ExtendedTrustManager {
  private final IdentityAuthority authority;

  public ClientTrust(IdentityAuthority authority) {
    this.authority = authority;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    var _ = authority.verifyClient(List.of(chain));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String method, @Nullable SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String method, @Nullable Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String method)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String method, @Nullable SSLEngine engine)
      throws CertificateException {
    throw notAClient();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String method, @Nullable Socket socket)
      throws CertificateException {
    throw notAClient();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String method)
      throws CertificateException {
    throw notAClient();
  }

  private static CertificateException notAClient() {
    return new CertificateException("this side is the server");
  }

  /** None are named: the bundle may change, and clients have one certificate. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
