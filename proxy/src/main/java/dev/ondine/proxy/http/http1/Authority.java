package dev.ondine.proxy.http.http1;

/** The syntax of a request's authority: host and optional port (RFC 3986, section 3.2). */
final class Authority {
  private static final int MAX_LENGTH = 261; // a DNS name, a colon, a port; with a final dot
  private static final int MAX_PORT = 65_535;

  private Authority() {}

  /** The text itself, if it is an authority without user information. */
  static String checked(String text) throws MalformedException {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      throw new MalformedException("Host is empty or too long");
    }
    var hostEnd = text.charAt(0) == '[' ? literalEnd(text) : nameEnd(text);
    if (hostEnd < text.length()) {
      port(text, hostEnd);
    }
    return text;
  }

  /** Behind the bracket of an IPv6 address. */
  private static int literalEnd(String text) throws MalformedException {
    var end = text.indexOf(']');
    if (end < 3) {
      throw new MalformedException("Host is no IPv6 address in brackets");
    }
    for (var i = 1; i < end; i++) {
      var c = text.charAt(i);
      if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
        throw new MalformedException("Host is no IPv6 address in brackets");
      }
    }
    return end + 1;
  }

  private static int nameEnd(String text) throws MalformedException {
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
        throw new MalformedException("Host holds a character that no host name has");
      }
      i++;
    }
    if (i == 0) {
      throw new MalformedException("Host has a port and no name");
    }
    return i;
  }

  private static void port(String text, int colon) throws MalformedException {
    var port = 0;
    for (var i = colon + 1; i < text.length() && port <= MAX_PORT; i++) {
      var digit = text.charAt(i) - '0';
      port = digit < 0 || digit > 9 ? MAX_PORT + 1 : port * 10 + digit;
    }
    if (text.charAt(colon) != ':' || port < 1 || port > MAX_PORT) {
      throw new MalformedException("Host has no proper port");
    }
  }
}
