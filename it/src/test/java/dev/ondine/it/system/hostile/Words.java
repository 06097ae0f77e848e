package dev.ondine.it.system.hostile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The words of a column, of which some are quoted. Read from left to right. */
final class Words {
  private final List<String> words = new ArrayList<>();
  private int next;

  Words(String text) {
    var at = 0;
    while (at < text.length()) {
      var c = text.charAt(at);
      if (c == ' ' || c == ',') {
        at++;
      } else if (c == '"') {
        var end = closingQuote(text, at);
        words.add(text.substring(at, end + 1));
        at = end + 1;
      } else {
        var end = at;
        while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != ',') {
          end++;
        }
        words.add(text.substring(at, end));
        at = end;
      }
    }
  }

  private static int closingQuote(String text, int from) {
    for (var i = from + 1; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == '"') {
        return i;
      }
    }
    throw new DataException("a quote without an end in '" + text + "'");
  }

  boolean hasNext() {
    return next < words.size();
  }

  boolean nextIs(Predicate<String> test) {
    return hasNext() && test.test(words.get(next));
  }

  String next(String what) {
    if (!hasNext()) {
      throw new DataException("lacks " + what);
    }
    return words.get(next++);
  }

  /** Every {@code with "…"} and {@code without "…"} from here to the end. */
  List<Content> contents(String host) {
    var contents = new ArrayList<Content>();
    while (hasNext()) {
      var word = next("with or without");
      if (!word.equals("with") && !word.equals("without")) {
        throw new DataException(
            "'" + word + "' where only with \"…\" and without \"…\" may follow");
      }
      var quoted = next("a quoted text behind " + word);
      if (quoted.length() < 3 || !quoted.startsWith("\"")) {
        throw new DataException("'" + quoted + "' behind " + word + " is not quoted");
      }
      var text = Escapes.text(quoted.substring(1, quoted.length() - 1), host);
      contents.add(new Content(word.equals("with"), text));
    }
    return contents;
  }

  /** A text that must be there, or must not; compared without regard to case. */
  record Content(boolean present, String text) {
    void check(String where, String seen, List<String> problems) {
      var found = seen.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
      if (found != present) {
        problems.add(
            where + (present ? " lacks " : " has ") + quoted(text) + ": " + shortened(seen));
      }
    }
  }

  static String quoted(String text) {
    return '"' + text.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0") + '"';
  }

  static String shortened(String text) {
    return quoted(text.length() <= 300 ? text : text.substring(0, 300) + "…");
  }
}
