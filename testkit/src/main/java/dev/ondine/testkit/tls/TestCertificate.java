package dev.ondine.testkit.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;

/** A certificate of {@code localhost} and 127.0.0.1 with its key, issued by a root of its own. */
public final class TestCertificate {
  private final X509Bundle bundle;

  private TestCertificate(X509Bundle bundle) {
    this.bundle = bundle;
  }

  /** One with a key on the curve P-256. */
  public static TestCertificate ec() {
    return issued(new CertificateBuilder().ecp256());
  }

  /** One with an RSA key of 2048 bits. */
  public static TestCertificate rsa() {
    return issued(new CertificateBuilder().rsa2048());
  }

  private static TestCertificate issued(CertificateBuilder builder) {
    try {
      var since = Instant.now().minus(Duration.ofDays(1));
      var root =
          new CertificateBuilder()
              .ecp256()
              .notBefore(since)
              .subject("CN=test root")
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
      return new TestCertificate(
          builder
              .notBefore(since)
              .subject("CN=localhost")
              .addSanDnsName("localhost")
              .addSanIpAddress("127.0.0.1")
              .buildIssuedBy(root));
    } catch (Exception e) {
      throw new IllegalStateException("no test certificate", e);
    }
  }

  /** The certificate, then its issuers. */
  public List<X509Certificate> chain() {
    return bundle.getCertificatePathList();
  }

  /** Its key. */
  public PrivateKey key() {
    return bundle.getKeyPair().getPrivate();
  }

  /** Writes the chain in PEM. */
  public Path writeChain(Path file) throws IOException {
    return Files.writeString(file, bundle.getCertificatePathPEM());
  }

  /** Writes the key in PEM, PKCS #8. */
  public Path writeKey(Path file) throws IOException {
    return Files.writeString(file, bundle.getPrivateKeyPEM());
  }

  /** What a client needs that trusts the root, and nobody else. */
  public SSLContext client() throws Exception {
    var roots = KeyStore.getInstance(KeyStore.getDefaultType());
    roots.load(null, null);
    roots.setCertificateEntry("root", bundle.getRootCertificate());
    var trust =
        javax.net.ssl.TrustManagerFactory.getInstance(
            javax.net.ssl.TrustManagerFactory.getDefaultAlgorithm());
    trust.init(roots);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
