package dev.ondine.it.system.differential;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * What one origin saw, held against the log, request by request: each has an id of its own.
 *
 * @param sentOn tries that the sidecar logged
 * @param answered requests whose answer went through
 * @param refused tries that the origin answered and did not log, since it took them for malformed
 * @param brokenOff tries that ended before the origin had read their head: the client had left, or
 *     what it sent became malformed
 * @param surplus what the origin saw and was not logged, or more often than it was tried
 * @param lacking what was logged as answered by the origin and it never saw
 */
record Tally(
    int sentOn,
    int seen,
    int answered,
    int refused,
    int brokenOff,
    List<String> surplus,
    List<String> lacking) {
  private static final int BAD_REQUEST = 400;

  static Tally of(String origin, List<SidecarLog.Request> log, List<String> lines) {
    Map<String, Integer> seen = new HashMap<>();
    lines.forEach(line -> seen.merge(line, 1, Integer::sum));
    var logged = new HashSet<String>();
    var sentOn = 0;
    var answered = 0;
    var refused = 0;
    var brokenOff = 0;
    var surplus = new ArrayList<String>();
    var lacking = new ArrayList<String>();
    for (var request : log) {
      if (!request.service().equals(origin + "-0")) {
        continue;
      }
      var times = seen.getOrDefault(request.line(), 0);
      if (!logged.add(request.line()) || times > request.tries()) {
        surplus.add(request.line());
      }
      sentOn += request.tries();
      if (request.answered() && request.status() >= BAD_REQUEST) {
        refused += request.tries() - times;
        continue;
      }
      brokenOff += request.tries() - times;
      if (request.answered()) {
        answered++;
        if (times == 0) {
          lacking.add(request.line());
        }
      }
    }
    seen.keySet().stream().filter(line -> !logged.contains(line)).forEach(surplus::add);
    return new Tally(sentOn, lines.size(), answered, refused, brokenOff, surplus, lacking);
  }

  /** How many requests the origin must have seen, by the log. */
  int due() {
    return sentOn - refused - brokenOff;
  }
}
