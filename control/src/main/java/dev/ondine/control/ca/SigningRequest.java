package dev.ondine.control.ca;

import dev.ondine.model.Identity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.DefaultSignatureNameFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A PKCS #10 request whose sender has shown to have the key. Only the key is taken from it; what it
 * says besides is held against the identity, and refused where it says more.
 */
public final class SigningRequest {
  /** The longest request, in bytes: one for RSA 8192 has 3 KiB. */
  public static final int MAX_BYTES = 16 << 10;

  private static final Set<String> SIGNATURES =
      Set.of(
          "SHA256WITHECDSA",
          "SHA384WITHECDSA",
          "SHA512WITHECDSA",
          "SHA256WITHRSA",
          "SHA384WITHRSA",
          "SHA512WITHRSA",
          "SHA256WITHRSAANDMGF1",
          "SHA384WITHRSAANDMGF1",
          "SHA512WITHRSAANDMGF1");

  private static final int AUTHORITY_USAGES = KeyUsage.keyCertSign | KeyUsage.cRLSign;

  private final byte[] der;
  private final PKCS10CertificationRequest request;
  private final PublicKey key;

  private SigningRequest(byte[] der, PKCS10CertificationRequest request, PublicKey key) {
    this.der = der;
    this.request = request;
    this.key = key;
  }

  /** Reads and verifies a request in DER. */
  public static SigningRequest read(byte[] der) throws RefusedException {
    if (der.length > MAX_BYTES) {
      throw malformed("it has " + der.length + " bytes, more than " + MAX_BYTES);
    }
    try {
      var request = new PKCS10CertificationRequest(der);
      var key = key(request.getSubjectPublicKeyInfo());
      var algorithm =
          new DefaultSignatureNameFinder().getAlgorithmName(request.getSignatureAlgorithm());
      if (!SIGNATURES.contains(algorithm)) {
        throw new RefusedException(
            Refusal.WEAK_KEY,
            "the request is signed with " + algorithm + " (allowed: SHA-2 with ECDSA or RSA)");
      }
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new RefusedException(
            Refusal.NO_POSSESSION, "the request is not signed by the key that it names");
      }
      return new SigningRequest(der.clone(), request, key);
    } catch (PKCSException | OperatorCreationException e) {
      throw new RefusedException(
          Refusal.NO_POSSESSION, "the request's signature cannot be verified: " + e.getMessage());
    } catch (IOException | RuntimeException e) {
      // The parser answers hostile bytes with exceptions of many kinds, some only when it is asked.
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  /** A request in DER for this key, which says nothing else. */
  static byte[] write(KeyPair keys, SecureRandom random) {
    try {
      var signer =
          new JcaContentSignerBuilder(Keys.signature(keys.getPrivate()))
              .setSecureRandom(random)
              .build(keys.getPrivate());
      var nobody = new X500NameBuilder(BCStyle.INSTANCE).build();
      return new JcaPKCS10CertificationRequestBuilder(nobody, keys.getPublic())
          .build(signer)
          .getEncoded();
    } catch (OperatorCreationException | IOException e) {
      throw new CaException("a signing request cannot be made: " + e.getMessage(), e);
    }
  }

  /** The key that a certificate is asked for. */
  public PublicKey key() {
    return key;
  }

  /** The request in DER. */
  public byte[] der() {
    return der.clone();
  }

  /** Refuses what the request says beyond its key, unless it is what the identity has anyway. */
  public void check(Identity identity) throws RefusedException {
    try {
      if (request.getSubject().getRDNs().length > 0) {
        throw new RefusedException(
            Refusal.OTHER_NAME,
            "the request names the subject '"
                + request.getSubject()
                + "' (allowed: none, an empty name)");
      }
      for (var attribute : request.getAttributes()) {
        if (!attribute.getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)) {
          throw extension("the attribute " + attribute.getAttrType());
        }
        for (var value : attribute.getAttributeValues()) {
          check(Extensions.getInstance(value), identity);
        }
      }
    } catch (RuntimeException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private static void check(Extensions extensions, Identity identity) throws RefusedException {
    for (var name : extensions.getExtensionOIDs()) {
      var value = extensions.getExtensionParsedValue(name);
      if (name.equals(Extension.basicConstraints)) {
        if (BasicConstraints.getInstance(value).isCA()) {
          throw extension("to be an authority (basicConstraints CA:true)");
        }
      } else if (name.equals(Extension.keyUsage)) {
        checkUsage(extensions);
      } else if (name.equals(Extension.extendedKeyUsage)) {
        checkPurposes(ExtendedKeyUsage.getInstance(value));
      } else if (name.equals(Extension.subjectAlternativeName)) {
        checkNames(GeneralNames.getInstance(value), identity);
      } else {
        throw extension("the extension " + name);
      }
    }
  }

  private static void checkUsage(Extensions extensions) throws RefusedException {
    var usage = KeyUsage.fromExtensions(extensions);
    for (var bit : List.of(KeyUsage.keyCertSign, KeyUsage.cRLSign)) {
      if (usage.hasUsages(bit)) {
        throw extension(
            "to be an authority (keyUsage " + Integer.toHexString(bit & AUTHORITY_USAGES) + ")");
      }
    }
  }

  private static void checkPurposes(ExtendedKeyUsage purposes) throws RefusedException {
    for (var purpose : purposes.getUsages()) {
      if (!purpose.equals(KeyPurposeId.id_kp_serverAuth)
          && !purpose.equals(KeyPurposeId.id_kp_clientAuth)) {
        throw extension("the purpose " + purpose.getId());
      }
    }
  }

  private static void checkNames(GeneralNames names, Identity identity) throws RefusedException {
    var asked = new ArrayList<String>();
    for (var name : names.getNames()) {
      if (name.getTagNo() != GeneralName.uniformResourceIdentifier) {
        throw new RefusedException(
            Refusal.OTHER_NAME,
            "the request names '" + name.getName() + "' (allowed: " + identity + " only)");
      }
      asked.add(name.getName().toString());
    }
    if (!asked.equals(List.of(identity.spiffeId()))) {
      throw new RefusedException(
          Refusal.OTHER_NAME, "the request names " + asked + " (allowed: " + identity + " only)");
    }
  }

  private static PublicKey key(SubjectPublicKeyInfo info) throws IOException, RefusedException {
    var algorithm = info.getAlgorithm().getAlgorithm();
    String kind;
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      // A named curve: parameters written out could be those of a curve that only looks like it.
      if (!(info.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve)
          || !(curve.equals(SECObjectIdentifiers.secp256r1)
              || curve.equals(SECObjectIdentifiers.secp384r1))) {
        throw weak("an EC key on another curve");
      }
      kind = "EC";
    } else if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      kind = "RSA";
    } else {
      throw weak("a key of the kind " + algorithm);
    }
    try {
      var key =
          KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(info.getEncoded()));
      if (!Keys.isStrong(key)) {
        throw weak(Keys.describe(key));
      }
      return key;
    } catch (GeneralSecurityException e) {
      throw malformed("its key cannot be read: " + e.getMessage());
    }
  }

  private static RefusedException weak(String what) {
    return new RefusedException(
        Refusal.WEAK_KEY,
        "the key is " + what + " (allowed: P-256, P-384, RSA of 2048 to 8192 bits)");
  }

  private static RefusedException malformed(String why) {
    return new RefusedException(Refusal.MALFORMED, "the signing request cannot be read: " + why);
  }

  private static RefusedException extension(String what) {
    return new RefusedException(
        Refusal.EXTENSION, "the request asks for " + what + ", which is never signed");
  }
}
