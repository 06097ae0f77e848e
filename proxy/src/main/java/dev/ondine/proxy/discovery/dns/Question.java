package dev.ondine.proxy.discovery.dns;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * The one question of a query (RFC 1035, 4.1.2).
 *
 * @param name lower case, without the final dot; empty for the root
 * @param type {@link #A}, {@link #AAAA} or any other
 * @param end where in the message the question ends
 */
record Question(String name, int type, int dnsClass, int end) {
  static final int HEADER = 12;
  static final int A = 1;
  static final int AAAA = 28;
  static final int INTERNET = 1;

  private static final int MAX_LABEL = 63;
  private static final int MAX_NAME = 255;

  /**
   * Reads a standard query; empty for anything else: a response, several questions, a name with
   * compression (there is nothing before it to point to), or too few bytes.
   */
  static Optional<Question> parse(byte[] message) {
    if (message.length < HEADER || isResponse(message) || opcode(message) != 0) {
      return Optional.empty();
    }
    if (number(message, 4) != 1) {
      return Optional.empty();
    }
    var name = new StringBuilder();
    var at = HEADER;
    while (at < message.length && message[at] != 0) {
      var length = message[at] & 0xff;
      if (length > MAX_LABEL || at + 1 + length >= message.length) {
        return Optional.empty();
      }
      if (!name.isEmpty()) {
        name.append('.');
      }
      name.append(label(message, at + 1, length));
      at += 1 + length;
      if (at - HEADER >= MAX_NAME) {
        return Optional.empty();
      }
    }
    if (at + 5 > message.length) {
      return Optional.empty();
    }
    return Optional.of(
        new Question(
            name.toString().toLowerCase(Locale.ROOT),
            number(message, at + 1),
            number(message, at + 3),
            at + 5));
  }

  private static String label(byte[] message, int from, int length) {
    var text = new String(message, from, length, StandardCharsets.ISO_8859_1);
    return text.indexOf('.') < 0 ? text : text.replace('.', '?'); // a dot within is no separator
  }

  static boolean isResponse(byte[] message) {
    return (message[2] & 0x80) != 0;
  }

  private static int opcode(byte[] message) {
    return (message[2] >> 3) & 0xf;
  }

  static int number(byte[] message, int at) {
    return (message[at] & 0xff) << 8 | (message[at + 1] & 0xff);
  }
}
