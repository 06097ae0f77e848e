package dev.ondine.control.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The faults found so far in one text. */
final class Faults {
  /** More are not told apart from a text that is no document at all. */
  static final int MAX = 200;

  private final String source;
  private final List<Problem> problems = new ArrayList<>();

  Faults(String source) {
    this.source = source;
  }

  void add(int line, String path, String value, String message, String allowed) {
    if (problems.size() < MAX) {
      problems.add(new Problem(source, line, path, value, message, allowed));
    }
  }

  void add(Tree at, String path, String message, String allowed) {
    add(at.line(), path, at.shown(), message, allowed);
  }

  int count() {
    return problems.size();
  }

  /** In the order of the text. */
  List<Problem> problems() {
    return problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList();
  }

  /** {@code ; did you mean 'targetPort'?} where a word is near, else nothing. */
  static String suggestion(String word, Collection<String> known) {
    return nearest(word, known).map(near -> "; did you mean '" + near + "'?").orElse("");
  }

  private static Optional<String> nearest(String word, Collection<String> known) {
    var best = Optional.<String>empty();
    // A third of the letters may be wrong; what is longer than all known words is none of them.
    var least = Math.min(3, Math.max(1, word.length() / 3)) + 1;
    for (var candidate : known) {
      if (Math.abs(candidate.length() - word.length()) < least) {
        var distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
        if (distance < least) {
          least = distance;
          best = Optional.of(candidate);
        }
      }
    }
    return best;
  }

  /** How many letters have to be changed, added or left out. */
  private static int distance(String from, String to) {
    var row = new int[to.length() + 1];
    Arrays.setAll(row, i -> i);
    for (var i = 1; i <= from.length(); i++) {
      var diagonal = row[0];
      row[0] = i;
      for (var j = 1; j <= to.length(); j++) {
        var same = from.charAt(i - 1) == to.charAt(j - 1) ? diagonal : diagonal + 1;
        diagonal = row[j];
        row[j] = Math.min(same, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }

  static String list(Collection<String> words) {
    return words.stream().collect(Collectors.joining(", "));
  }
}
