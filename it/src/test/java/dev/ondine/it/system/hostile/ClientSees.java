package dev.ondine.it.system.hostile;

import dev.ondine.it.system.hostile.Words.Content;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What a client of HTTP/1 must see: {@code 400 closed}, {@code 100 200 open with "x: y"}, {@code
 * 200*100 closed}.
 *
 * @param statuses of all answers, interim ones too, in order
 * @param fate of its connection behind them
 * @param orFailure whether a whole answer 502 is as good
 */
record ClientSees(List<Integer> statuses, Fate fate, boolean orFailure, List<Content> contents) {
  /** What becomes of the client's connection. */
  enum Fate {
    /** It takes another request. */
    OPEN,
    /** It was closed behind a complete answer, or without one. */
    CLOSED,
    /** It was broken off within an answer. */
    ABORTED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  ClientSees {
    statuses = List.copyOf(statuses);
    contents = List.copyOf(contents);
  }

  static ClientSees parse(String text, String host) {
    var words = new Words(text);
    var statuses = new ArrayList<Integer>();
    while (words.nextIs(word -> word.matches("[1-5]\\d\\d(\\*\\d+)?"))) {
      var status = words.next("a status").split("\\*", 2);
      var times = status.length == 1 ? 1 : Integer.parseInt(status[1]);
      statuses.addAll(Collections.nCopies(times, Integer.parseInt(status[0])));
    }
    var fate = words.next("what becomes of the connection: open, closed or aborted");
    var orFailure = words.nextIs("or"::equals);
    if (orFailure) {
      words.next("or");
      if (!fate.equals("aborted") || !words.next("502 behind or").equals("502")) {
        throw new DataException("'or' where only 'aborted or 502' is known");
      }
    }
    return new ClientSees(
        statuses,
        switch (fate) {
          case "open" -> Fate.OPEN;
          case "closed" -> Fate.CLOSED;
          case "aborted" -> Fate.ABORTED;
          default ->
              throw new DataException(
                  "'" + fate + "' is neither a status nor open, closed, aborted");
        },
        orFailure,
        words.contents(host));
  }

  void check(List<Integer> seen, String fateSeen, String text, List<String> problems) {
    var asGood = orFailure && (fateSeen.equals("aborted") || seen.equals(List.of(502)));
    if (!asGood && (!seen.equals(statuses) || !fateSeen.equals(fate.toString()))) {
      problems.add(
          "client saw "
              + seen
              + " "
              + fateSeen
              + " instead of "
              + statuses
              + " "
              + fate
              + ": "
              + Words.shortened(text));
    }
    contents.forEach(content -> content.check("the answer", text, problems));
  }
}
