package dev.ondine.it.system.differential;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one origin saw, held against the log.
 *
 * @param sentOn tries that the sidecar logged
 * @param answered requests whose answer went through
 * @param surplus what the origin saw more often than it was logged
 * @param lacking what was logged as answered by the origin and it never saw
 */
record Tally(int sentOn, int seen, int answered, List<String> surplus, List<String> lacking) {
  private static final int BAD_REQUEST = 400;

  static Tally of(String origin, List<SidecarLog.Request> log, List<String> seen) {
    Map<String, Integer> tried = new HashMap<>();
    Map<String, Integer> owed = new HashMap<>();
    var sentOn = 0;
    var answered = 0;
    for (var request : log) {
      if (request.service().equals(origin + "-0")) {
        sentOn += request.tries();
        tried.merge(request.line(), request.tries(), Integer::sum);
        // What an origin refuses as malformed it need not have logged.
        if (request.answered() && request.status() < BAD_REQUEST) {
          answered++;
          owed.merge(request.line(), 1, Integer::sum);
        }
      }
    }
    var surplus = new ArrayList<String>();
    for (var line : seen) {
      if (tried.merge(line, -1, Integer::sum) < 0) {
        surplus.add(line);
      }
      owed.merge(line, -1, Integer::sum);
    }
    var lacking = owed.entrySet().stream().filter(owe -> owe.getValue() > 0).map(Map.Entry::getKey);
    return new Tally(sentOn, seen.size(), answered, surplus, lacking.sorted().toList());
  }
}
