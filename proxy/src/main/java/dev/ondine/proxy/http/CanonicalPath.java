package dev.ondine.proxy.http;

/**
 * The one spelling of a request's path: what is matched, logged and forwarded alike, so that no two
 * of them can disagree (RFC 3986, section 6.2.2).
 *
 * <p>{@link #of} decodes what needs no escape, writes other escapes in upper case, escapes what is
 * not ASCII, drops {@code .} segments and empty ones, resolves {@code ..}. It refuses what servers
 * read in different ways: a backslash, the escapes of slash, backslash and control characters,
 * escapes that are none or overlong UTF-8, {@code ..} above the root, a dot segment or an empty one
 * with parameters ({@code /..;/}). Nothing is decoded twice. The query stays as it is.
 */
public final class CanonicalPath {
  private static final char[] HEX_DIGITS = "0123456789ABCDEF".toCharArray();

  private static final byte PLAIN = 1; // stands for itself wherever it is
  private static final byte UNRESERVED = 2; // and needs no escape (RFC 3986, section 2.3)
  private static final byte[] CLASS = new byte[128];

  static {
    for (var c = '!'; c < 0x7f; c++) {
      var letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (letter || (c >= '0' && c <= '9') || "-._~".indexOf(c) >= 0) {
        CLASS[c] = PLAIN | UNRESERVED;
      } else if ("/?%\\#".indexOf(c) < 0) {
        CLASS[c] = PLAIN;
      }
    }
  }

  private CanonicalPath() {}

  /**
   * The canonical form of a path with its query; {@code *} stays. It is the very same string if it
   * is canonical already, found in one pass.
   *
   * @param target of ISO-8859-1 characters, one for each byte
   */
  public static String of(String target) throws MalformedPathException {
    if (target.equals("*")) {
      return target;
    }
    if (target.isEmpty() || target.charAt(0) != '/') {
      throw new MalformedPathException("the path does not begin with a slash");
    }
    var length = target.length();
    for (var i = 0; i < length; i++) {
      var c = target.charAt(i);
      if (c < 128 && (CLASS[c] & PLAIN) != 0) {
        continue;
      }
      if (c == '?') {
        return checkedQuery(target, i);
      }
      if (c == '%' && isCanonicalEscape(target, i)) {
        i += 2;
      } else if (c != '/' || !isPlainSegment(target, i + 1)) {
        return rewritten(target);
      }
    }
    return target;
  }

  /**
   * What routes and policies match: without query, and without the parameters of segments. The
   * whole server is its root.
   */
  public static String toMatch(String canonical) {
    if (canonical.equals("*")) {
      return "/";
    }
    var end = pathEnd(canonical);
    var parameters = canonical.indexOf(';');
    if (parameters < 0 || parameters >= end) {
      return end == canonical.length() ? canonical : canonical.substring(0, end);
    }
    var out = new StringBuilder(end);
    var inParameters = false;
    for (var i = 0; i < end; i++) {
      var c = canonical.charAt(i);
      inParameters = c == ';' || (inParameters && c != '/');
      if (!inParameters) {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Whether what begins here is no segment that may have to go: it is not empty and has no dot. */
  private static boolean isPlainSegment(String target, int at) {
    if (at == target.length()) {
      return true;
    }
    var c = target.charAt(at);
    return c != '/' && c != '.' && c != ';';
  }

  /** Upper case, and of something that must be escaped. */
  private static boolean isCanonicalEscape(String target, int at) throws MalformedPathException {
    var value = escape(target, at);
    return value != ';'
        && !isUnreserved(value)
        && target.charAt(at + 1) < 'a'
        && target.charAt(at + 2) < 'a';
  }

  private static boolean isUnreserved(int c) {
    return c < 128 && (CLASS[c] & UNRESERVED) != 0;
  }

  private static int pathEnd(String target) {
    var query = target.indexOf('?');
    return query < 0 ? target.length() : query;
  }

  /** The target itself, if its query can be written on a request line. */
  private static String checkedQuery(String target, int from) throws MalformedPathException {
    for (var i = from; i < target.length(); i++) {
      var c = target.charAt(i);
      if (c <= ' ' || c == 0x7f || c == '#') {
        throw new MalformedPathException(
            "the query holds a blank, a control character or a fragment");
      }
    }
    return target;
  }

  private static String rewritten(String target) throws MalformedPathException {
    var end = pathEnd(target);
    var out = new StringBuilder(target.length() + 16);
    for (var slash = 0; slash < end; ) {
      out.append('/');
      var segment = out.length();
      var i = slash + 1;
      while (i < end && target.charAt(i) != '/') {
        i = character(target, i, out);
      }
      finishSegment(out, segment, i == end);
      slash = i;
    }
    out.append(checkedQuery(target, end), end, target.length());
    return target.contentEquals(out) ? target : out.toString();
  }

  /** Writes one character in its one form, and says where the next one is. */
  private static int character(String target, int at, StringBuilder out)
      throws MalformedPathException {
    var c = target.charAt(at);
    if (c == '%') {
      var value = escape(target, at);
      if (isUnreserved(value)) {
        out.append((char) value);
      } else {
        escaped(value, out);
      }
      return at + 3;
    }
    if (c == '\\' || c <= ' ' || c == 0x7f || c == '#') {
      throw new MalformedPathException("the path holds a character that must be escaped");
    }
    if (c < 128) {
      out.append(c);
    } else {
      checkNotOverlong(c, byteAt(target, at + 1));
      escaped(c, out);
    }
    return at + 1;
  }

  private static void escaped(int value, StringBuilder out) {
    out.append('%').append(HEX_DIGITS[value >> 4]).append(HEX_DIGITS[value & 0xf]);
  }

  /** Drops or resolves the segment that was written, if it is one of those. */
  private static void finishSegment(StringBuilder out, int start, boolean last)
      throws MalformedPathException {
    var nameEnd = nameEnd(out, start);
    var parameters = nameEnd < out.length();
    var dots = dots(out, start, nameEnd);
    if (dots < 0 || (dots == 0 && parameters && last)) {
      return; // a name; or parameters of a folder, which come to stand at its end
    }
    if (parameters) {
      throw new MalformedPathException("a dot segment, or an empty one, has parameters");
    }
    if (dots == 0 && last) {
      return;
    }
    out.setLength(start - 1);
    if (dots == 2) {
      if (out.isEmpty()) {
        throw new MalformedPathException("the path leads above its root");
      }
      out.setLength(out.lastIndexOf("/"));
    }
    if (last) {
      out.append('/');
    }
  }

  /** Where the parameters of a segment begin; some servers take an escaped semicolon for one. */
  private static int nameEnd(StringBuilder out, int start) {
    for (var i = start; i < out.length(); i++) {
      if (out.charAt(i) == ';' || (out.charAt(i) == '%' && isEscapedSemicolon(out, i))) {
        return i;
      }
    }
    return out.length();
  }

  private static boolean isEscapedSemicolon(StringBuilder out, int at) {
    return out.charAt(at + 1) == '3' && out.charAt(at + 2) == 'B';
  }

  /** 0, 1 or 2 if the name is nothing but so many dots, else -1. */
  private static int dots(StringBuilder out, int start, int end) {
    if (end - start > 2) {
      return -1;
    }
    for (var i = start; i < end; i++) {
      if (out.charAt(i) != '.') {
        return -1;
      }
    }
    return end - start;
  }

  /** The byte that is escaped here, if it may be. */
  private static int escape(String target, int at) throws MalformedPathException {
    var value = hexByte(target, at);
    if (value < 0) {
      throw new MalformedPathException("a percent sign without two hexadecimal digits");
    }
    if (value == '/' || value == '\\') {
      throw new MalformedPathException("an escaped slash or backslash");
    }
    if (value < ' ' || value == 0x7f) {
      throw new MalformedPathException("an escaped control character");
    }
    if (value >= 0xc0) {
      checkNotOverlong(value, byteAt(target, at + 3));
    }
    return value;
  }

  /** The byte that {@code %hh} stands for, or -1: there is no such escape here. */
  private static int hexByte(String target, int at) {
    if (at + 2 >= target.length() || target.charAt(at) != '%') {
      return -1;
    }
    var high = hexDigit(target.charAt(at + 1));
    var low = hexDigit(target.charAt(at + 2));
    return high < 0 || low < 0 ? -1 : (high << 4) | low;
  }

  /** The byte that stands here, escaped or not; -1 for none. */
  private static int byteAt(String target, int at) {
    var escaped = hexByte(target, at);
    return escaped >= 0 || at >= target.length() ? escaped : target.charAt(at);
  }

  private static int hexDigit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  /** RFC 3629, section 3: a character has one form. Lenient decoders take others for a slash. */
  private static void checkNotOverlong(int lead, int next) throws MalformedPathException {
    var overlong =
        lead == 0xc0
            || lead == 0xc1
            || (lead == 0xe0 && next >= 0x80 && next < 0xa0)
            || (lead == 0xf0 && next >= 0x80 && next < 0x90)
            || lead >= 0xf8;
    if (overlong) {
      throw new MalformedPathException("overlong UTF-8");
    }
  }
}
