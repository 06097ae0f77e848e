package dev.ondine.model;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/**
 * One rule of a virtual host.
 *
 * @param name for logs and explanations; may be empty
 * @param timeout from the whole request read to the whole response; empty: the sidecar's default;
 *     zero: none
 * @param maxRequestBodyBytes a longer body is refused; empty: the sidecar's default; 0: any length
 */
public record Route(
    String name,
    RouteMatch match,
    RouteAction action,
    Optional<Duration> timeout,
    Optional<Long> maxRequestBodyBytes) {

  /** A route that says nothing about bodies. */
  public Route(String name, RouteMatch match, RouteAction action, Optional<Duration> timeout) {
    this(name, match, action, timeout, Optional.empty());
  }

  public Route {
    requireNonNull(match, "match");
    requireNonNull(action, "action");
    requireNonNull(timeout, "timeout");
    if (maxRequestBodyBytes.filter(limit -> limit < 0).isPresent()) {
      throw new InvalidResourceException(
          "route.maxRequestBodyBytes", maxRequestBodyBytes.get() + " is negative");
    }
  }
}
