package dev.ondine.proxy.http.http2;

import dev.ondine.proxy.http.Authority;

/**
 * What the parts of a request's head may look like. Stricter than HTTP/2 itself asks, so that
 * nothing can pass here that means something else to an HTTP/1 origin.
 */
final class RequestSyntax {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~"; // RFC 9110, section 5.6.2

  private RequestSyntax() {}

  static boolean isToken(String text) {
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (!isAlphanumeric(c) && TOKEN_MARKS.indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  static boolean isScheme(String text) {
    return text.equals("http") || text.equals("https");
  }

  /** Absolute, in visible characters and without a fragment; {@code *} for OPTIONS. */
  static boolean isPath(String text, String method) {
    if (text.equals("*")) {
      return method.equals("OPTIONS");
    }
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#') {
        return false;
      }
    }
    return text.startsWith("/");
  }

  /** A host with its port, as CONNECT needs it. */
  static boolean isHostAndPort(String text) {
    return Authority.fault(text) == null && text.lastIndexOf(':') > text.indexOf(']');
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
