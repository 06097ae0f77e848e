package dev.ondine.proxy.http;

import java.util.HexFormat;

/** Texts that say why something failed, and that may quote what a peer sent. */
public final class Details {
  private static final int MOST = 512;
  private static final String CUT = "...";

  private Details() {}

  /**
   * The text as one short line of printable ASCII, so that a peer that is quoted in it can neither
   * begin a line of a log or an answer nor fill them: other characters become a backslash, a u and
   * four hexadecimal digits.
   */
  public static String printable(String text) {
    if (text.length() <= MOST && text.chars().allMatch(Details::isPrintable)) {
      return text;
    }
    var out = new StringBuilder(MOST);
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      var next = isPrintable(c) ? String.valueOf(c) : "\\u" + HexFormat.of().toHexDigits(c);
      if (out.length() + next.length() > MOST - CUT.length()) {
        return out.append(CUT).toString();
      }
      out.append(next);
    }
    return out.toString();
  }

  private static boolean isPrintable(int c) {
    return c >= ' ' && c <= '~';
  }
}
