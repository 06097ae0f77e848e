package dev.ondine.it.system.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/**
 * Bytes in a readable form: backslash and r, n, t, 0, xHH, backslash or brace as in many languages;
 * in braces {@code A*100} a text so many times, and {@code host} the authority of the service; and
 * marks that begin a new piece: backslash and w wait, c close, z reset.
 */
final class Escapes {
  /** What stands between two pieces, or ends the last one. */
  enum Mark {
    NONE,
    WAIT,
    CLOSE,
    RESET
  }

  /** Bytes, and the mark behind them. */
  record Piece(String text, Mark mark) {
    byte[] bytes() {
      return text.getBytes(ISO_8859_1);
    }
  }

  private final String text;
  private final String host;
  private final List<Piece> pieces = new ArrayList<>();
  private final StringBuilder current = new StringBuilder();
  private int at;

  private Escapes(String text, String host) {
    this.text = text;
    this.host = host;
  }

  /** The pieces of a text; throws {@link DataException} without a place. */
  static List<Piece> pieces(String text, String host) {
    var escapes = new Escapes(text, host);
    escapes.read();
    return escapes.pieces;
  }

  /** The bytes of a text without marks, as ISO-8859-1. */
  static String text(String text, String host) {
    var pieces = pieces(text, host);
    if (pieces.size() > 1 || (!pieces.isEmpty() && pieces.getFirst().mark() != Mark.NONE)) {
      throw new DataException("no marks are allowed in '" + text + "'");
    }
    return pieces.isEmpty() ? "" : pieces.getFirst().text();
  }

  private void read() {
    while (at < text.length()) {
      var c = text.charAt(at++);
      switch (c) {
        case '\\' -> escape();
        case '{' -> braces();
        default -> current.append(c);
      }
    }
    if (!current.isEmpty()) {
      mark(Mark.NONE);
    }
  }

  private void escape() {
    var c = at < text.length() ? text.charAt(at++) : ' ';
    switch (c) {
      case 'r' -> current.append('\r');
      case 'n' -> current.append('\n');
      case 't' -> current.append('\t');
      case '0' -> current.append('\0');
      case '\\', '{', '"' -> current.append(c);
      case 'x' -> {
        if (at + 2 > text.length()) {
          throw new DataException("\\x without two hexadecimal digits");
        }
        current.append((char) Integer.parseInt(text.substring(at, at + 2), 16));
        at += 2;
      }
      case 'w' -> mark(Mark.WAIT);
      case 'c' -> mark(Mark.CLOSE);
      case 'z' -> mark(Mark.RESET);
      default ->
          throw new DataException(
              "unknown escape '\\" + c + "'; known: \\r \\n \\t \\0 \\xHH \\\\ \\{ \\w \\c \\z");
    }
  }

  private void braces() {
    var end = closing();
    var inside = text.substring(at, end);
    at = end + 1;
    var star = inside.lastIndexOf('*');
    if (inside.equals("host")) {
      current.append(host);
    } else if (star > 0) {
      var count = Integer.parseInt(inside.substring(star + 1));
      current.repeat(text(inside.substring(0, star), host), count);
    } else {
      throw new DataException("'{" + inside + "}' is neither {host} nor {TEXT*COUNT}");
    }
  }

  /** Where the braces end that begin before {@code at}; there may be others within. */
  private int closing() {
    var depth = 1;
    for (var i = at; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '\\' -> i++;
        case '{' -> depth++;
        case '}' -> {
          if (--depth == 0) {
            return i;
          }
        }
        default -> {}
      }
    }
    throw new DataException("'{' without '}'; a brace itself is '\\{'");
  }

  private void mark(Mark mark) {
    pieces.add(new Piece(current.toString(), mark));
    current.setLength(0);
  }
}
