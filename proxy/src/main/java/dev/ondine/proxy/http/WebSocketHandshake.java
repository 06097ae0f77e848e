package dev.ondine.proxy.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * The key and its answer by which the two ends of a WebSocket over HTTP/1.1 know that the other one
 * has understood (RFC 6455, section 4). HTTP/2 has neither (RFC 8441, section 5.1).
 */
public final class WebSocketHandshake {
  /** The client's nonce. */
  public static final String KEY = "sec-websocket-key";

  /** The server's proof that it has read the key. */
  public static final String ACCEPT = "sec-websocket-accept";

  private static final int NONCE_BYTES = 16;
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private WebSocketHandshake() {}

  /** A key for a client that had none. */
  public static String newKey(RandomGenerator random) {
    var nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return Base64.getEncoder().encodeToString(nonce);
  }

  /** What a server answers to a key. */
  public static String accept(String key) {
    try {
      // The only digest that RFC 6455 knows; it is no secret's.
      var digest = MessageDigest.getInstance("SHA-1");
      var hash = digest.digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
