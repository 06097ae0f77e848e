package dev.ondine.proxy.http;

import org.jspecify.annotations.Nullable;

/** The syntax of a request's authority: host and optional port (RFC 3986, section 3.2). */
public final class Authority {
  private static final int MAX_LENGTH = 261; // a DNS name, a colon, a port; with a final dot
  private static final int MAX_PORT = 65_535;

  private Authority() {}

  /** What is wrong with this text as an authority without user information; null: nothing is. */
  public static @Nullable String fault(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return "is empty or too long";
    }
    var literal = text.charAt(0) == '[';
    var hostEnd = literal ? literalEnd(text) : nameEnd(text);
    if (hostEnd < 0) {
      return literal ? "is no IPv6 address in brackets" : "holds what no host name has";
    }
    return hostEnd == text.length() || isPort(text, hostEnd) ? null : "has no proper port";
  }

  /** Behind the bracket of an IPv6 address, or -1. */
  private static int literalEnd(String text) {
    var end = text.indexOf(']');
    if (end < 3) {
      return -1;
    }
    for (var i = 1; i < end; i++) {
      var c = text.charAt(i);
      if ((c >= 128 || Character.digit(c, 16) < 0) && c != ':' && c != '.') {
        return -1;
      }
    }
    return end + 1;
  }

  /** Where a host name ends, or -1. */
  private static int nameEnd(String text) {
    var i = 0;
    while (i < text.length() && text.charAt(i) != ':') {
      var c = text.charAt(i);
      var good =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '.'
              || c == '_'
              || c == '~';
      if (!good) {
        return -1;
      }
      i++;
    }
    return i == 0 ? -1 : i;
  }

  private static boolean isPort(String text, int colon) {
    var port = 0;
    for (var i = colon + 1; i < text.length() && port <= MAX_PORT; i++) {
      var digit = text.charAt(i) - '0';
      port = digit < 0 || digit > 9 ? MAX_PORT + 1 : port * 10 + digit;
    }
    return text.charAt(colon) == ':' && port >= 1 && port <= MAX_PORT;
  }
}
