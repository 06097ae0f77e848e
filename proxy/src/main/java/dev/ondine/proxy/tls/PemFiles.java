package dev.ondine.proxy.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Two files in PEM: a certificate chain, the own certificate first, and its key in PKCS #8.
 *
 * @param certificates the chain
 * @param key not encrypted
 */
public record PemFiles(Path certificates, Path key) {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_CHAIN = 10;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

  /**
   * Reads and checks both.
   *
   * @throws IOException naming the file and what is wrong with it
   */
  public Credentials read() throws IOException {
    var chain = readChain();
    return new Credentials(chain, readKey(chain.getFirst().getPublicKey()));
  }

  private List<X509Certificate> readChain() throws IOException {
    var chain = new ArrayList<X509Certificate>();
    for (var block : blocks(certificates)) {
      if (!block.label().equals("CERTIFICATE")) {
        throw wrong(certificates, "holds a " + block.label() + "; only certificates belong there");
      }
      if (chain.size() == MAX_CHAIN) {
        throw wrong(certificates, "holds more than " + MAX_CHAIN + " certificates");
      }
      chain.add(certificate(block.bytes(), chain.size() + 1));
    }
    if (chain.isEmpty()) {
      throw wrong(certificates, "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)");
    }
    for (var i = 1; i < chain.size(); i++) {
      try {
        chain.get(i - 1).verify(chain.get(i).getPublicKey());
      } catch (GeneralSecurityException e) {
        throw wrong(
            certificates,
            "certificate "
                + (i + 1)
                + " did not issue certificate "
                + i
                + ": each follows its own");
      }
    }
    return chain;
  }

  private X509Certificate certificate(byte[] bytes, int number) throws IOException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(bytes));
    } catch (CertificateException e) {
      throw wrong(certificates, "certificate " + number + " cannot be read: " + e.getMessage());
    }
  }

  private PrivateKey readKey(PublicKey of) throws IOException {
    var algorithm = of.getAlgorithm();
    if (!algorithm.equals("RSA") && !algorithm.equals("EC")) {
      throw wrong(certificates, "is for a key of " + algorithm + "; allowed are RSA and EC");
    }
    var keys = blocks(key).stream().filter(block -> block.label().endsWith("PRIVATE KEY")).toList();
    if (keys.size() != 1) {
      throw wrong(key, "holds " + keys.size() + " private keys in PEM, not one");
    }
    var block = keys.getFirst();
    if (!block.label().equals("PRIVATE KEY")) {
      throw wrong(
          key,
          "holds an "
              + block.label()
              + ", not PKCS #8 in the clear (PRIVATE KEY); to convert it: openssl pkcs8 -topk8"
              + " -nocrypt -in FILE -out NEW");
    }
    try {
      var read =
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(block.bytes()));
      if (!belongTogether(read, of)) {
        throw wrong(key, "is not the key of the first certificate in " + certificates);
      }
      return read;
    } catch (GeneralSecurityException e) {
      throw wrong(key, "is no " + algorithm + " key, as the certificate's is: " + e.getMessage());
    }
  }

  private static boolean belongTogether(PrivateKey key, PublicKey of)
      throws GeneralSecurityException {
    var algorithm = of.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    var message = "whose key is this?".getBytes(StandardCharsets.US_ASCII);
    var signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(message);
    var signature = signing.sign();
    var verifying = Signature.getInstance(algorithm);
    verifying.initVerify(of);
    verifying.update(message);
    try {
      return verifying.verify(signature);
    } catch (GeneralSecurityException _) {
      return false; // of another size or curve
    }
  }

  /** One object in a PEM file. */
  private record Block(Path file, String label, String text) {
    byte[] bytes() throws IOException {
      try {
        return Base64.getMimeDecoder().decode(text);
      } catch (IllegalArgumentException e) {
        throw wrong(file, "is damaged: " + e.getMessage());
      }
    }
  }

  private static List<Block> blocks(Path file) throws IOException {
    var blocks = new ArrayList<Block>();
    var matcher = BLOCK.matcher(text(file));
    while (matcher.find()) {
      blocks.add(new Block(file, matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }

  private static String text(Path file) throws IOException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw wrong(file, "is longer than " + MAX_BYTES + " bytes");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + " may not be read by this user", e);
    }
  }

  private static IOException wrong(Path file, String what) {
    return new IOException(file + " " + what);
  }
}
