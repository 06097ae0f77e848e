package dev.ondine.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * What lets a workload in once: a secret, and what its sidecar knows control by.
 *
 * <p>As text {@code ondine1.SECRET.ROOTS.TRUST-DOMAIN}; secret and roots in base64url without
 * padding, roots separated by commas.
 *
 * @param secret 16 bytes or more, of no meaning
 * @param roots the SHA-256 of each root that control's certificate may be issued by, in hex
 */
public record JoinToken(Secret secret, List<String> roots, String trustDomain) {
  private static final String VERSION = "ondine1";
  private static final int MAX_LENGTH = 2048;
  private static final int MAX_ROOTS = 8;
  private static final int HASH_BYTES = 32;

  /** Bytes that no log shows. */
  public static final class Secret {
    private static final int LEAST_BYTES = 16;

    private final byte[] bytes;

    private Secret(byte[] bytes) {
      this.bytes = bytes;
    }

    /** A copy of these. */
    public static Secret of(byte[] bytes) {
      if (bytes.length < LEAST_BYTES || bytes.length > 64) {
        throw wrong("its secret has " + bytes.length + " bytes");
      }
      return new Secret(bytes.clone());
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Secret secret && Arrays.equals(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "…";
    }
  }

  public JoinToken {
    roots = List.copyOf(roots);
    if (roots.isEmpty() || roots.size() > MAX_ROOTS) {
      throw wrong("it pins " + roots.size() + " roots (allowed: 1 to " + MAX_ROOTS + ")");
    }
    Identity.trustDomain(trustDomain);
  }

  /**
   * Reads a token.
   *
   * @throws InvalidResourceException when it is none; the message does not repeat it
   */
  public static JoinToken parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw wrong("it is longer than " + MAX_LENGTH + " characters");
    }
    var parts = text.strip().split("\\.", 4);
    if (parts.length != 4 || !parts[0].equals(VERSION)) {
      throw wrong("it is not of the form " + VERSION + ".SECRET.ROOTS.TRUST-DOMAIN");
    }
    try {
      var roots = new ArrayList<String>();
      for (var root : parts[2].split(",", -1)) {
        var hash = Base64.getUrlDecoder().decode(root);
        if (hash.length != HASH_BYTES) {
          throw wrong("it pins a root by " + hash.length + " bytes, not " + HASH_BYTES);
        }
        roots.add(HexFormat.of().formatHex(hash));
      }
      return new JoinToken(Secret.of(Base64.getUrlDecoder().decode(parts[1])), roots, parts[3]);
    } catch (IllegalArgumentException _) {
      throw wrong("a part of it is not base64url");
    }
  }

  /** The token as it is given to a workload. */
  public String text() {
    var encoder = Base64.getUrlEncoder().withoutPadding();
    return VERSION
        + "."
        + encoder.encodeToString(secret.bytes)
        + "."
        + String.join(
            ",",
            roots.stream().map(r -> encoder.encodeToString(HexFormat.of().parseHex(r))).toList())
        + "."
        + trustDomain;
  }

  private static InvalidResourceException wrong(String what) {
    return new InvalidResourceException("joinToken", what);
  }
}
