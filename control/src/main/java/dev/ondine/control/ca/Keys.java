package dev.ondine.control.ca;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;

/** Which keys are taken, and how they sign. */
final class Keys {
  static final String P256 = "secp256r1";
  static final String P384 = "secp384r1";

  private static final int LEAST_RSA_BITS = 2048;
  // More only costs whoever verifies.
  private static final int MOST_RSA_BITS = 8192;

  private Keys() {}

  /** A new key on this curve. */
  static KeyPair generate(String curve, SecureRandom random) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK makes no keys on " + curve, e);
    }
  }

  /** {@code P-256}, {@code RSA 2048}. */
  static String describe(PublicKey key) {
    return switch (key) {
      case ECPublicKey ec -> "EC " + ec.getParams().getOrder().bitLength() + " bits";
      case RSAPublicKey rsa -> "RSA " + rsa.getModulus().bitLength() + " bits";
      default -> key.getAlgorithm();
    };
  }

  /** P-256, P-384, or RSA of 2048 bits and more. */
  static boolean isStrong(PublicKey key) {
    return switch (key) {
      // The curve's name was read where the key came from; of these sizes no other is supported.
      case ECPublicKey ec -> {
        var bits = ec.getParams().getOrder().bitLength();
        yield bits == 256 || bits == 384;
      }
      case RSAPublicKey rsa -> {
        var bits = rsa.getModulus().bitLength();
        yield bits >= LEAST_RSA_BITS && bits <= MOST_RSA_BITS;
      }
      default -> false;
    };
  }

  /** With what such a key signs. */
  static String signature(PrivateKey key) {
    return switch (key) {
      case ECKey ec when ec.getParams().getOrder().bitLength() > 256 -> "SHA384withECDSA";
      case ECKey _ -> "SHA256withECDSA";
      case RSAKey _ -> "SHA256withRSA";
      default -> throw new CaException("a key of the kind " + key.getAlgorithm() + " cannot sign");
    };
  }

  /** True where what the private key signs is verified by the public one. */
  static boolean belong(PrivateKey secret, PublicKey known, SecureRandom random) {
    var sample = new byte[32];
    random.nextBytes(sample);
    try {
      var signer = Signature.getInstance(signature(secret));
      signer.initSign(secret, random);
      signer.update(sample);
      var signed = signer.sign();
      var verifier = Signature.getInstance(signature(secret));
      verifier.initVerify(known);
      verifier.update(sample);
      return verifier.verify(signed);
    } catch (GeneralSecurityException _) {
      return false; // of another kind
    }
  }
}
