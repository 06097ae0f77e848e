package dev.ondine.proxy.http.http1;

import java.util.Locale;

/** Strings of header names and values as bytes, without the cost of a charset encoder. */
final class Text {
  private Text() {}

  /** The name in lower case; itself, as a rule, because callers use lower-case constants. */
  static String lowerCase(String name) {
    for (var i = 0; i < name.length(); i++) {
      var c = name.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        return name.toLowerCase(Locale.ROOT);
      }
    }
    return name;
  }

  /** Copies ISO-8859-1 text; callers have checked that it holds nothing else. */
  @SuppressWarnings("deprecation") // takes the low bytes, in one copy: just what is wanted here
  static void copy(String text, byte[] to, int at) {
    text.getBytes(0, text.length(), to, at);
  }
}
