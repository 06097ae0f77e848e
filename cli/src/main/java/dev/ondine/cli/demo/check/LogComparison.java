package dev.ondine.cli.demo.check;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether clients and services tell the same story.
 *
 * @param requests all that the clients sent
 * @param errors those with another answer than was right
 * @param missing by service: requests that were served to the client but that the service never saw
 * @param again by service: how often it saw a request it had seen already; retries do that
 * @param strangers ids that a service logged and no client sent
 */
public record LogComparison(
    int requests,
    int errors,
    Map<String, Integer> missing,
    Map<String, Integer> again,
    Set<String> strangers) {
  private static final Pattern ID = Pattern.compile("\\bid=([\\w-]+)");

  public LogComparison {
    missing = Map.copyOf(missing);
    again = Map.copyOf(again);
    strangers = Set.copyOf(strangers);
  }

  /** How often each id occurs in a service's log lines. */
  public static Map<String, Integer> ids(Stream<String> lines) {
    var ids = new HashMap<String, Integer>();
    lines.forEach(
        line -> {
          var match = ID.matcher(line);
          if (match.find()) {
            ids.merge(match.group(1), 1, Integer::sum);
          }
        });
    return ids;
  }

  /**
   * Compares.
   *
   * @param sent what the clients logged
   * @param seen by service: how often each id occurs in the logs of its instances
   * @param involved which services a served request to a service must have met
   */
  public static LogComparison of(
      List<ClientLine> sent,
      Map<String, Map<String, Integer>> seen,
      Function<String, Collection<String>> involved) {
    var missing = new TreeMap<String, Integer>();
    var known = new HashSet<String>();
    var errors = 0;
    for (var request : sent) {
      known.add(request.id());
      if (!request.isRight()) {
        errors++;
      }
      if (request.status() == 200) {
        for (var service : involved.apply(request.to())) {
          if (!seen.getOrDefault(service, Map.of()).containsKey(request.id())) {
            missing.merge(service, 1, Integer::sum);
          }
        }
      }
    }
    var again = new TreeMap<String, Integer>();
    var strangers = new HashSet<String>();
    seen.forEach(
        (service, ids) ->
            ids.forEach(
                (id, times) -> {
                  if (times > 1) {
                    again.merge(service, times - 1, Integer::sum);
                  }
                  if (!known.contains(id)) {
                    strangers.add(id);
                  }
                }));
    return new LogComparison(sent.size(), errors, missing, again, strangers);
  }

  /** Whether nothing is told by one side only. */
  public boolean agree() {
    return missing.isEmpty() && strangers.isEmpty();
  }
}
