package dev.ondine.it.system.differential;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one origin saw, held against the log, request by request: each has an id of its own.
 *
 * <p>Each try that the sidecar logged is a request that the origin saw, but for three classes that
 * cannot be otherwise. What belongs to none of them is {@code lacking}.
 *
 * @param sentOn tries that the sidecar logged
 * @param answered requests whose answer went through
 * @param refused tries that the origin itself answered with a fault and did not log, since it took
 *     them for malformed; its own answer is always 200
 * @param repeated tries that failed before another one of the same request was seen and answered
 * @param brokenOff tries of a request that the client left, or that turned out malformed behind its
 *     head: the reset may have come before the origin read it
 * @param surplus what the origin saw and was not logged, or more often than it was tried
 * @param lacking what was logged as given to the origin, which did not see it, with the reason
 * @param harmed of requests without a fault, which belong to no class: what the origin did not see
 *     exactly once
 */
record Tally(
    int sentOn,
    int seen,
    int answered,
    int refused,
    int repeated,
    int brokenOff,
    List<String> surplus,
    List<String> lacking,
    List<String> harmed) {
  private static final int OK = 200;

  /** Reasons of the access log for which a try is broken off by what the client does. */
  private static final Set<String> CLIENTS_DOING =
      Set.of("client_closed", "bad_request", "request_timeout", "header_too_large");

  /**
   * Compares.
   *
   * @param lines {@code ID METHOD TARGET} of all that the origin saw
   * @param intact {@code METHOD TARGET} of the requests that were sent without a fault
   */
  static Tally of(
      String origin, List<SidecarLog.Request> log, List<String> lines, List<String> intact) {
    var seen = counted(lines);
    var logged = new HashSet<String>();
    var sentOn = 0;
    var answered = 0;
    var refused = 0;
    var repeated = 0;
    var brokenOff = 0;
    var surplus = new ArrayList<String>();
    var lacking = new ArrayList<String>();
    for (var request : log) {
      if (!request.service().equals(origin + "-0")) {
        continue;
      }
      var times = seen.getOrDefault(request.line(), 0);
      var unseen = request.tries() - times;
      sentOn += request.tries();
      answered += isAnswered(request) && request.status() == OK ? 1 : 0;
      if (!logged.add(request.line()) || unseen < 0) {
        surplus.add(request.line());
      } else if (isAnswered(request) && request.status() != OK) {
        refused += unseen;
      } else if (isAnswered(request) && times > 0) {
        repeated += unseen;
      } else if (CLIENTS_DOING.contains(request.reason())) {
        brokenOff += unseen;
      } else if (unseen > 0) {
        lacking.add(request.line() + ", " + request.status() + " " + request.reason());
      }
    }
    seen.keySet().stream().filter(line -> !logged.contains(line)).forEach(surplus::add);
    return new Tally(
        sentOn,
        lines.size(),
        answered,
        refused,
        repeated,
        brokenOff,
        surplus,
        lacking,
        harmed(intact, lines));
  }

  private static boolean isAnswered(SidecarLog.Request request) {
    return request.tries() > 0 && request.reason().isEmpty();
  }

  private static List<String> harmed(List<String> intact, List<String> lines) {
    var seen = counted(lines.stream().map(line -> line.substring(line.indexOf(' ') + 1)).toList());
    return intact.stream().filter(line -> seen.getOrDefault(line, 0) != 1).toList();
  }

  private static Map<String, Integer> counted(List<String> lines) {
    Map<String, Integer> counts = new HashMap<>();
    lines.forEach(line -> counts.merge(line, 1, Integer::sum));
    return counts;
  }

  /** How many requests the origin must have seen, by the log. */
  int due() {
    return sentOn - refused - repeated - brokenOff;
  }
}
