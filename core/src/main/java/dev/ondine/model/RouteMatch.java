package dev.ondine.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * When a route applies: all conditions hold.
 *
 * @param method the HTTP method in upper case, or empty for any
 */
public record RouteMatch(PathMatch path, Optional<String> method, List<HeaderMatch> headers) {
  /** Every request. */
  public static final RouteMatch ANY =
      new RouteMatch(new PathMatch.Prefix("/"), Optional.empty(), List.of());

  public RouteMatch {
    requireNonNull(path, "path");
    requireNonNull(method, "method");
    headers = List.copyOf(headers);
  }
}
