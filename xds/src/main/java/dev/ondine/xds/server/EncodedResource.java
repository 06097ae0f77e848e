package dev.ondine.xds.server;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Any;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A resource in its wire form.
 *
 * @param name the resource's own name
 * @param version opaque; equal versions mean equal content
 * @param aliases other names under which it was asked for
 */
public record EncodedResource(String name, String version, List<String> aliases, Any body) {
  /** 96 bits: no two contents of one name will ever meet. */
  private static final int VERSION_BYTES = 12;

  public EncodedResource {
    requireNonNull(version, "version");
    requireNonNull(body, "body");
    aliases = List.copyOf(aliases);
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a resource has no name");
    }
  }

  /**
   * A resource whose version is the hash of its body, so that every control plane process gives
   * equal content the same version and a reconnecting client is sent only what differs.
   */
  public static EncodedResource of(String name, List<String> aliases, Any body) {
    return new EncodedResource(name, hash(body), aliases, body);
  }

  private static String hash(Any body) {
    var sha = sha256();
    sha.update(body.getTypeUrl().getBytes(StandardCharsets.UTF_8));
    sha.update(body.getValue().asReadOnlyByteBuffer());
    return HexFormat.of().formatHex(sha.digest(), 0, VERSION_BYTES);
  }

  /** The version of a text. */
  static String hash(String text) {
    var digest = sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest, 0, VERSION_BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
