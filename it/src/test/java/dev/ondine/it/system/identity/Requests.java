package dev.ondine.it.system.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Signing requests (PKCS #10) of another hand than the sidecar's, good ones and bad ones. */
final class Requests {
  private Requests() {}

  static KeyPair ec() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  static KeyPair rsa(int bits) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  /** One that says nothing but its key, which this other one signed. */
  static byte[] signed(KeyPair keys, KeyPair signer) throws IOException {
    return request(keys, signer, new ExtensionsGenerator());
  }

  /** One with this extension. */
  static byte[] with(KeyPair keys, ASN1ObjectIdentifier name, ASN1Encodable value)
      throws IOException {
    var extensions = new ExtensionsGenerator();
    extensions.addExtension(name, true, value);
    return request(keys, keys, extensions);
  }

  /** The names of a certificate. */
  static GeneralNames uris(String... uris) {
    var names = new GeneralName[uris.length];
    for (var i = 0; i < uris.length; i++) {
      names[i] = new GeneralName(GeneralName.uniformResourceIdentifier, uris[i]);
    }
    return new GeneralNames(names);
  }

  private static byte[] request(KeyPair keys, KeyPair signer, ExtensionsGenerator extensions)
      throws IOException {
    var builder = new JcaPKCS10CertificationRequestBuilder(new X500Name(""), keys.getPublic());
    if (!extensions.isEmpty()) {
      builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
    }
    var algorithm =
        signer.getPrivate().getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    try {
      return builder
          .build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()))
          .getEncoded();
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("every JDK signs by " + algorithm, e);
    }
  }
}
