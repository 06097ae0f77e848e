package dev.ondine.proxy.http.http1;

/** The characters of HTTP/1.1 (RFC 9110 section 5.6.2, RFC 9112) as tables over bytes. */
final class Syntax {
  static final byte CR = '\r';
  static final byte LF = '\n';
  static final byte SP = ' ';
  static final byte HTAB = '\t';

  private static final byte TOKEN = 1;
  private static final byte FIELD = 2;
  private static final byte TARGET = 4;
  private static final byte HEX = 8;
  private static final byte[] CLASS = new byte[256];

  static {
    for (var c = 0; c < 256; c++) {
      var digit = c >= '0' && c <= '9';
      var letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (digit || letter || (c < 128 && "!#$%&'*+-.^_`|~".indexOf(c) >= 0)) {
        CLASS[c] |= TOKEN;
      }
      if (c == HTAB || (c >= ' ' && c != 0x7f)) {
        CLASS[c] |= FIELD;
      }
      if (c > ' ' && c != 0x7f && c != '#') {
        CLASS[c] |= TARGET; // a fragment never reaches a server (RFC 9112, section 3.2)
      }
      if (digit || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f')) {
        CLASS[c] |= HEX;
      }
    }
  }

  private Syntax() {}

  /** Of a method or a field name. */
  static boolean isToken(byte b) {
    return (CLASS[b & 0xff] & TOKEN) != 0;
  }

  /** Of a field value: no control characters but the tab. */
  static boolean isField(byte b) {
    return (CLASS[b & 0xff] & FIELD) != 0;
  }

  /** Of a request target: visible, no fragment. */
  static boolean isTarget(byte b) {
    return (CLASS[b & 0xff] & TARGET) != 0;
  }

  static boolean isHex(byte b) {
    return (CLASS[b & 0xff] & HEX) != 0;
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  static boolean isBlank(byte b) {
    return b == SP || b == HTAB;
  }

  /** The value of a hexadecimal digit. */
  static int hex(byte b) {
    return b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
  }

  /** True if the bytes are this lower-case ASCII text, letters compared without regard to case. */
  static boolean equalsIgnoreCase(byte[] bytes, int start, int end, String lowerCase) {
    if (end - start != lowerCase.length()) {
      return false;
    }
    for (var i = 0; i < lowerCase.length(); i++) {
      if (lower(bytes[start + i]) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b & 0xff;
  }

  /** Refuses a value that would break out of its line, wherever it came from. */
  static String checkedValue(String value) {
    for (var i = 0; i < value.length(); i++) {
      var c = value.charAt(i);
      if (c > 0xff || !isField((byte) c)) {
        throw new IllegalArgumentException("character " + (int) c + " in a header value");
      }
    }
    return value;
  }
}
