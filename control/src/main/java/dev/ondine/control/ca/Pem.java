package dev.ondine.control.ca;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Keys and certificates as text. */
final class Pem {
  private static final int MAX_CHARACTERS = 256 << 10;

  private Pem() {}

  /** What a text holds: at most one key, and certificates in the order written. */
  record Contents(Optional<PrivateKey> key, List<X509Certificate> certificates) {
    Contents {
      certificates = List.copyOf(certificates);
    }
  }

  /**
   * Reads a text.
   *
   * @param where it is from, for the error
   */
  static Contents read(String where, String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new CaException(where + ": longer than " + MAX_CHARACTERS + " characters");
    }
    var keys = new ArrayList<PrivateKey>();
    var certificates = new ArrayList<X509Certificate>();
    try (var parser = new PEMParser(new StringReader(text))) {
      for (var item = parser.readObject(); item != null; item = parser.readObject()) {
        switch (item) {
          case X509CertificateHolder certificate -> certificates.add(certificate(certificate));
          case PrivateKeyInfo key -> keys.add(new JcaPEMKeyConverter().getPrivateKey(key));
          case PEMKeyPair pair -> keys.add(new JcaPEMKeyConverter().getKeyPair(pair).getPrivate());
          case ASN1ObjectIdentifier _ -> {} // the curve that openssl writes before its keys
          default ->
              throw new CaException(
                  where
                      + ": holds "
                      + item.getClass().getSimpleName()
                      + " (allowed: certificates and one private key without a password)");
        }
      }
    } catch (PEMException e) {
      throw new CaException(where + ": " + e.getMessage(), e);
    } catch (IOException | IllegalArgumentException | CertificateException e) {
      throw new CaException(where + ": is no PEM: " + e.getMessage(), e);
    }
    if (keys.size() > 1) {
      throw new CaException(where + ": holds " + keys.size() + " private keys (allowed: one)");
    }
    return new Contents(keys.stream().findFirst(), certificates);
  }

  /** The text of a key, if any, and of certificates. */
  static String write(Contents contents) {
    return contents.key().map(key -> text("PRIVATE KEY", key.getEncoded())).orElse("")
        + certificates(contents.certificates());
  }

  /** The text of certificates. */
  static String certificates(List<X509Certificate> certificates) {
    var text = new StringBuilder();
    for (var certificate : certificates) {
      text.append(text("CERTIFICATE", Certificates.der(certificate)));
    }
    return text.toString();
  }

  static String text(String type, byte[] der) {
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, der));
    } catch (IOException e) {
      throw new IllegalStateException("a string is written", e);
    }
    return text.toString();
  }

  private static X509Certificate certificate(X509CertificateHolder holder)
      throws CertificateException {
    return new JcaX509CertificateConverter().getCertificate(holder);
  }
}
