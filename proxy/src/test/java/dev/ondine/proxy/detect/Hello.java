package dev.ondine.proxy.detect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** ClientHellos for tests, piece by piece; each piece may be wrong. */
public final class Hello {
  private static final HexFormat HEX = HexFormat.of();

  public String version = "0303";
  public String random = "ab".repeat(32);
  public String session = "20" + "cd".repeat(32);
  public String suites = "0004" + "1301" + "1302";
  public String compression = "0100";

  /** GREASE, supported groups. */
  public String before = "0a0a0000" + "000a0004" + "0002001d";

  public String serverName = extension("0000", names(name("orders.shop.mesh")));

  /** ALPN, encrypted ClientHello (as an opaque extension), supported versions. */
  public String after = "00100005" + "0003026832" + "fe0d0002" + "0000" + "002b0003" + "020304";

  public static String name(String host) {
    return "00" + vector(2, HEX.formatHex(host.getBytes(US_ASCII)));
  }

  public static String names(String names) {
    return vector(2, names);
  }

  public static String extension(String type, String content) {
    return type + vector(2, content);
  }

  public static String vector(int lengthBytes, String hex) {
    return HEX.toHexDigits(hex.length() / 2, 2 * lengthBytes) + hex;
  }

  public static Hello to(String host) {
    var hello = new Hello();
    hello.serverName = extension("0000", names(name(host)));
    return hello;
  }

  public String body() {
    return version
        + random
        + session
        + suites
        + compression
        + vector(2, before + serverName + after);
  }

  public String message() {
    return "01" + vector(3, body());
  }

  /** In one record. */
  public byte[] bytes() {
    return record(message());
  }

  public static byte[] record(String hex) {
    return HEX.parseHex("160301" + vector(2, hex));
  }

  /** The message in records of so many bytes. */
  public static byte[] records(String message, int size) {
    var all = new ByteArrayOutputStream();
    for (var at = 0; at < message.length(); at += 2 * size) {
      all.writeBytes(record(message.substring(at, Math.min(at + 2 * size, message.length()))));
    }
    return all.toByteArray();
  }
}
