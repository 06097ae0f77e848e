package dev.ondine.control.ca;

import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;

/** Certificates as bytes, and what they are known by. */
public final class Certificates {
  private Certificates() {}

  /** The certificate's DER. */
  public static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  /**
   * Reads DER.
   *
   * @throws CaException when it is no certificate
   */
  public static X509Certificate read(byte[] der) {
    try {
      var factory = CertificateFactory.getInstance("X.509");
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new CaException("is no certificate: " + e.getMessage(), e);
    }
  }

  /** {@code sha256:…} of one certificate. */
  public static String fingerprint(X509Certificate certificate) {
    return "sha256:" + hexOf(certificate);
  }

  /** The SHA-256 of a certificate, in hex. */
  public static String hexOf(X509Certificate certificate) {
    return hex(sha256(der(certificate)));
  }

  /**
   * What a bundle is known by: the SHA-256 of its roots' SHA-256s in ascending order, so that the
   * order in which the roots come says nothing.
   */
  public static byte[] bundleHash(Collection<X509Certificate> roots) {
    var digest = digest();
    roots.stream()
        .map(Certificates::hexOf)
        .distinct()
        .sorted()
        .map(HexFormat.of()::parseHex)
        .forEach(digest::update);
    return digest.digest();
  }

  /** A serial number as people write it. */
  public static String serial(X509Certificate certificate) {
    return certificate.getSerialNumber().toString(16);
  }

  static byte[] sha256(byte[] bytes) {
    return digest().digest(bytes);
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
