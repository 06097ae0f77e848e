package dev.ondine.proxy.identity;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.HexFormat;

/**
 * A certificate request (PKCS #10, RFC 2986) that names nobody: only its key and the proof that who
 * sends it has that key count. Written by hand because a library for it would cost every sidecar
 * more memory than these four fields are worth.
 */
final class CertificateRequest {
  private static final int SEQUENCE = 0x30;
  private static final int BIT_STRING = 0x03;

  /** Version 0, and a subject without a name. */
  private static final byte[] VERSION_AND_SUBJECT = HexFormat.of().parseHex("0201003000");

  /** No attributes: an empty [0]. */
  private static final byte[] NO_ATTRIBUTES = HexFormat.of().parseHex("a000");

  /** ecdsa-with-SHA256, 1.2.840.10045.4.3.2 (RFC 5758, section 3.2). */
  private static final byte[] ECDSA_WITH_SHA256 =
      HexFormat.of().parseHex("300a06082a8648ce3d040302");

  private CertificateRequest() {}

  /**
   * The request in DER.
   *
   * @param keys on an elliptic curve
   */
  static byte[] der(KeyPair keys) throws GeneralSecurityException {
    var info = tagged(SEQUENCE, VERSION_AND_SUBJECT, keys.getPublic().getEncoded(), NO_ATTRIBUTES);
    var signing = Signature.getInstance("SHA256withECDSA");
    signing.initSign(keys.getPrivate());
    signing.update(info);
    var unusedBits = new byte[1];
    return tagged(
        SEQUENCE, info, ECDSA_WITH_SHA256, tagged(BIT_STRING, unusedBits, signing.sign()));
  }

  private static byte[] tagged(int tag, byte[]... parts) {
    var length = 0;
    for (var part : parts) {
      length += part.length;
    }
    var out = new ByteArrayOutputStream(length + 4);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    for (var part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
