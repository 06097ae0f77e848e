package dev.ondine.control.ca;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Makes signing requests, good ones and bad ones. */
public final class Requests {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Requests() {}

  public static KeyPair ec(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve), RANDOM);
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public static KeyPair rsa(int bits) {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits, RANDOM);
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A request that says nothing but its key. */
  public static byte[] plain(KeyPair keys) {
    return request("", keys, keys, signature(keys), new ExtensionsGenerator());
  }

  /** A request of this key that another key signed. */
  public static byte[] stolen(KeyPair keys, KeyPair signer) {
    return request("", keys, signer, signature(signer), new ExtensionsGenerator());
  }

  /** A request with a subject. */
  public static byte[] subject(KeyPair keys, String name) {
    return request(name, keys, keys, signature(keys), new ExtensionsGenerator());
  }

  /** A request with another signature algorithm. */
  public static byte[] signedWith(KeyPair keys, String algorithm) {
    return request("", keys, keys, algorithm, new ExtensionsGenerator());
  }

  /** A request with one extension. */
  public static byte[] extension(KeyPair keys, ASN1ObjectIdentifier name, ASN1Encodable value) {
    try {
      var extensions = new ExtensionsGenerator();
      extensions.addExtension(name, false, value);
      return request("", keys, keys, signature(keys), extensions);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A request that names these URIs. */
  public static byte[] uris(KeyPair keys, String... uris) {
    var names = new GeneralName[uris.length];
    for (var i = 0; i < uris.length; i++) {
      names[i] = new GeneralName(GeneralName.uniformResourceIdentifier, uris[i]);
    }
    return extension(keys, Extension.subjectAlternativeName, new GeneralNames(names));
  }

  private static byte[] request(
      String subject,
      KeyPair keys,
      KeyPair signer,
      String algorithm,
      ExtensionsGenerator extensions) {
    try {
      var builder =
          new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), keys.getPublic());
      if (!extensions.isEmpty()) {
        builder.addAttribute(
            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
      }
      return builder
          .build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()))
          .getEncoded();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String signature(KeyPair keys) {
    return keys.getPublic().getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
  }
}
