package dev.ondine.control.api.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A method and path of the admin API with what answers it.
 *
 * @param pattern segments; {@code *} stands for exactly one, handed to the action
 */
public record ApiRoute(String method, String pattern, Action action) {
  /** Answers requests; blocking is fine, each runs on its own virtual thread. */
  @FunctionalInterface
  public interface Action {
    /** The answer; an {@link ApiException} becomes an error answer. */
    ApiResponse answer(ApiRequest request) throws Exception;
  }

  /** What the pattern's stars stand for in this path; empty where the path is another. */
  Optional<List<String>> match(List<String> path) {
    var wanted = List.of(pattern.substring(1).split("/", -1));
    if (wanted.size() != path.size()) {
      return Optional.empty();
    }
    var stars = new ArrayList<String>();
    for (var i = 0; i < wanted.size(); i++) {
      if (wanted.get(i).equals("*")) {
        stars.add(path.get(i));
      } else if (!wanted.get(i).equals(path.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(stars);
  }
}
