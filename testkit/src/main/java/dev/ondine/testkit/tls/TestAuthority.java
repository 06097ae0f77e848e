package dev.ondine.testkit.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An authority of one test: a root, what it issues by an intermediate, and whatever a real one must
 * never issue.
 */
public final class TestAuthority {
  private static final Provider BOUNCY = new BouncyCastleProvider();
  private static final Duration LIFE = Duration.ofDays(1);

  private final KeyPair rootKey = ec();
  private final KeyPair intermediateKey = ec();
  private final Instant now;
  private final X509Certificate root;
  private final X509Certificate intermediate;
  private int serial = 10;

  private TestAuthority(String name, Instant now, String permittedHost) {
    this.now = now;
    try {
      this.root = ca("CN=" + name + " root", rootKey, "CN=" + name + " root", rootKey, "");
      this.intermediate =
          ca(
              "CN=" + name + " intermediate",
              intermediateKey,
              "CN=" + name + " root",
              rootKey,
              permittedHost);
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException("no test authority", e);
    }
  }

  /** A new one, whose certificates are valid around this moment. */
  public static TestAuthority at(Instant now) {
    return new TestAuthority("test", now, "");
  }

  /** One whose intermediate may issue for URIs of this host only. */
  public static TestAuthority constrainedTo(String host, Instant now) {
    return new TestAuthority("test", now, host);
  }

  /** Its self-signed certificate. */
  public X509Certificate root() {
    return root;
  }

  /** What the root has issued, and what issues all others. */
  public X509Certificate intermediate() {
    return intermediate;
  }

  /**
   * Writes what issues, as PEM: the intermediate's key, its certificate and the root's, so that
   * another may issue in its stead.
   */
  public Path writeIssuer(Path file) throws IOException {
    try (var pem = new JcaPEMWriter(Files.newBufferedWriter(file))) {
      pem.writeObject(new JcaPKCS8Generator(intermediateKey.getPrivate(), null));
      pem.writeObject(intermediate);
      pem.writeObject(root);
    }
    return file;
  }

  /** A certificate with this name, as it should be, to be made worse. */
  public Leaf leaf(String uri) {
    return new Leaf(uri);
  }

  /**
   * A certificate with its key.
   *
   * @param chain the own one first
   */
  public record Issued(List<X509Certificate> chain, KeyPair key) {
    public Issued {
      chain = List.copyOf(chain);
    }
  }

  /** What the next certificate is to have. */
  public final class Leaf {
    private final List<GeneralName> names = new ArrayList<>();
    private Instant notBefore = now.minus(Duration.ofMinutes(10));
    private Instant notAfter = now.plus(LIFE);
    private int usage = KeyUsage.digitalSignature;
    private List<KeyPurposeId> purposes =
        List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
    private KeyPair key = ec();
    private boolean authority;
    private boolean selfSigned;
    private int issuers = 1;

    private Leaf(String uri) {
      uri(uri);
    }

    /** Names nobody. */
    public Leaf unnamed() {
      names.clear();
      return this;
    }

    /** One more name. */
    public Leaf uri(String uri) {
      names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
      return this;
    }

    /** One more name, of another kind. */
    public Leaf dns(String host) {
      names.add(new GeneralName(GeneralName.dNSName, host));
      return this;
    }

    /** Valid between these. */
    public Leaf valid(Instant from, Instant to) {
      notBefore = from;
      notAfter = to;
      return this;
    }

    /** It was valid until an hour ago. */
    public Leaf expired() {
      return valid(now.minus(LIFE), now.minus(Duration.ofHours(1)));
    }

    /** It will be valid in an hour. */
    public Leaf notYetValid() {
      return valid(now.plus(Duration.ofHours(1)), now.plus(LIFE));
    }

    /** It may issue others. */
    public Leaf authority() {
      authority = true;
      usage |= KeyUsage.keyCertSign;
      return this;
    }

    /** Its key may sign certificates, though it is no authority. */
    public Leaf keyCertSign() {
      usage |= KeyUsage.keyCertSign;
      return this;
    }

    /** Its key may not sign. */
    public Leaf keyAgreementOnly() {
      usage = KeyUsage.keyAgreement;
      return this;
    }

    /** For servers only. */
    public Leaf serverOnly() {
      purposes = List.of(KeyPurposeId.id_kp_serverAuth);
      return this;
    }

    /** For clients only. */
    public Leaf clientOnly() {
      purposes = List.of(KeyPurposeId.id_kp_clientAuth);
      return this;
    }

    /** For whatever its issuer did not say. */
    public Leaf anyPurpose() {
      purposes = List.of();
      return this;
    }

    /** With an RSA key of so many bits. */
    public Leaf rsa(int bits) {
      key = TestAuthority.rsa(bits);
      return this;
    }

    /** Issued by itself. */
    public Leaf selfSigned() {
      selfSigned = true;
      return this;
    }

    /** With so many certificates in its chain; 1: its issuer is not shown. */
    public Leaf shownWith(int certificates) {
      issuers = certificates - 1;
      return this;
    }

    /** There it is. */
    public Issued issue() {
      try {
        var subject = "CN=workload";
        var by = below(issuers);
        var builder =
            new JcaX509v3CertificateBuilder(
                new X500Principal(
                    selfSigned
                        ? subject
                        : by.chain().getFirst().getSubjectX500Principal().getName()),
                BigInteger.valueOf(serial++),
                Date.from(notBefore),
                Date.from(notAfter),
                new X500Principal(subject),
                key.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        if (!purposes.isEmpty()) {
          builder.addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
        }
        if (!names.isEmpty()) {
          builder.addExtension(
              Extension.subjectAlternativeName,
              true,
              new GeneralNames(names.toArray(GeneralName[]::new)));
        }
        var chain = new ArrayList<X509Certificate>();
        chain.add(signed(builder, selfSigned ? key : by.key()));
        if (issuers > 0 && !selfSigned) {
          chain.addAll(by.chain());
        }
        return new Issued(chain, key);
      } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
        throw new IllegalStateException("no test certificate", e);
      }
    }
  }

  /** As many authorities below each other as the leaf is to show. */
  private Issued below(int issuers)
      throws GeneralSecurityException, OperatorCreationException, CertIOException {
    var last = new Issued(List.of(intermediate), intermediateKey);
    for (var i = 1; i < issuers; i++) {
      var key = ec();
      var issuer = last.chain().getFirst().getSubjectX500Principal().getName();
      var chain = new ArrayList<>(last.chain());
      chain.addFirst(ca("CN=below " + i, key, issuer, last.key(), ""));
      last = new Issued(chain, key);
    }
    return last;
  }

  private X509Certificate ca(
      String subject, KeyPair key, String issuer, KeyPair issuerKey, String permittedHost)
      throws GeneralSecurityException, OperatorCreationException, CertIOException {
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Principal(issuer),
            BigInteger.valueOf(serial++),
            Date.from(now.minus(Duration.ofDays(30))),
            Date.from(now.plus(Duration.ofDays(30))),
            new X500Principal(subject),
            key.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
    if (!permittedHost.isEmpty()) {
      var permitted =
          new GeneralSubtree(new GeneralName(GeneralName.uniformResourceIdentifier, permittedHost));
      builder.addExtension(
          Extension.nameConstraints,
          true,
          new NameConstraints(new GeneralSubtree[] {permitted}, null));
    }
    return signed(builder, issuerKey);
  }

  private static X509Certificate signed(JcaX509v3CertificateBuilder builder, KeyPair by)
      throws GeneralSecurityException, OperatorCreationException {
    var rsa = by.getPrivate().getAlgorithm().equals("RSA");
    var signer = new JcaContentSignerBuilder(rsa ? "SHA256withRSA" : "SHA256withECDSA");
    return new JcaX509CertificateConverter()
        .setProvider(BOUNCY) // the JDK's own does not even read the worst of these
        .getCertificate(builder.build(signer.build(by.getPrivate())));
  }

  private static KeyPair ec() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no key on P-256", e);
    }
  }

  private static KeyPair rsa(int bits) {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no RSA key", e);
    }
  }
}
