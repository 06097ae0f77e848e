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
 */
public record Route(String name, RouteMatch match, RouteAction action, Optional<Duration> timeout) {
  public Route {
    requireNonNull(match, "match");
    requireNonNull(action, "action");
    requireNonNull(timeout, "timeout");
  }
}
