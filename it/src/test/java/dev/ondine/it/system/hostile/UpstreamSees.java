package dev.ondine.it.system.hostile;

import dev.ondine.it.system.hostile.Words.Content;
import java.util.List;

/**
 * What the workload behind a sidecar must see: {@code nothing}, {@code 2 requests with "GET /a "},
 * {@code aborted}: a request that never becomes complete, on a connection that the sidecar ends
 * with it; of its chunks none is faulty and none the last.
 *
 * @param requests how many become complete
 * @param aborted whether one begins, at most, and breaks off
 */
record UpstreamSees(int requests, boolean aborted, List<Content> contents) {
  UpstreamSees {
    contents = List.copyOf(contents);
  }

  static UpstreamSees parse(String text, String host) {
    var words = new Words(text);
    var first = words.next("what the workload sees: nothing, N requests or aborted");
    if (first.equals("nothing")) {
      return new UpstreamSees(0, false, words.contents(host));
    }
    if (first.equals("aborted")) {
      return new UpstreamSees(0, true, words.contents(host));
    }
    if (!first.matches("[1-9]\\d*")) {
      throw new DataException("'" + first + "' is neither nothing nor a number nor aborted");
    }
    var noun = words.next("request or requests behind the number");
    if (!noun.equals("request") && !noun.equals("requests")) {
      throw new DataException("'" + noun + "' behind the number is not request or requests");
    }
    return new UpstreamSees(Integer.parseInt(first), false, words.contents(host));
  }

  void check(Upstream.Seen seen, boolean mustBegin, List<String> problems) {
    if (seen.requests() != requests) {
      problems.add(
          "the workload saw "
              + seen.requests()
              + " requests instead of "
              + requests
              + ": "
              + Words.shortened(seen.text()));
    } else if (requests == 0 && !aborted && !seen.text().isEmpty()) {
      problems.add("the workload saw " + Words.shortened(seen.text()) + " instead of nothing");
    }
    if (aborted && mustBegin && seen.text().isEmpty()) {
      problems.add("the workload saw nothing instead of a request that breaks off");
    }
    if (aborted && !seen.byConnection().stream().allMatch(ChunkPrefix::isClean)) {
      problems.add("the workload saw a faulty or a last chunk: " + Words.shortened(seen.text()));
    }
    contents.forEach(content -> content.check("the workload's view", seen.text(), problems));
  }
}
