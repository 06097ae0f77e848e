package dev.ondine.proxy.http.http2;

/**
 * What the parts of a request's head may look like. Stricter than HTTP/2 itself asks, so that
 * nothing can pass here that means something else to an HTTP/1 origin.
 */
final class RequestSyntax {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~"; // RFC 9110, section 5.6.2
  private static final String AUTHORITY_MARKS = "-._~!$&'()*+,;=:[]%"; // RFC 3986, section 3.2

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

  /** A host with optional port and without user information. */
  static boolean isAuthority(String text) {
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (!isAlphanumeric(c) && AUTHORITY_MARKS.indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** A host with its port, as CONNECT needs it. */
  static boolean isHostAndPort(String text) {
    var colon = text.lastIndexOf(':');
    var digits = text.length() - colon - 1;
    if (colon <= Math.max(0, text.indexOf(']')) || digits < 1 || digits > 5) {
      return false;
    }
    var port = 0;
    for (var i = colon + 1; i < text.length(); i++) {
      var digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      port = port * 10 + digit;
    }
    var bare = text.charAt(0) == '[' || text.indexOf(':') == colon;
    return bare && port >= 1 && port <= 65_535 && isAuthority(text);
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
