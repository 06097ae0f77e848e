package dev.ondine.it.system.hostile;

import java.util.List;
import java.util.stream.IntStream;

/** Numbers of a client's streams in words: {@code 1} or {@code 1..199}, every other one. */
final class Streams {
  static final String FORM = "\\d+(\\.\\.\\d+)?";

  private Streams() {}

  static List<Integer> parse(String text) {
    if (!text.matches(FORM)) {
      throw new DataException("'" + text + "' as stream is no number and not FIRST..LAST");
    }
    var ends = text.split("\\.\\.", 2);
    var first = Integer.parseInt(ends[0]);
    var last = Integer.parseInt(ends[ends.length - 1]);
    return IntStream.rangeClosed(0, (last - first) / 2).mapToObj(i -> first + 2 * i).toList();
  }
}
