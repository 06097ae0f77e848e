package dev.ondine.proxy.discovery;

import dev.ondine.model.Bundle;
import dev.ondine.model.ServiceState;
import java.time.Duration;
import java.util.Optional;

/**
 * What the sidecar tells an operator about one demanded name.
 *
 * @param state one of the words of {@link ServiceState}
 * @param inState for how long it has been in that state
 * @param endpoints of all its clusters together; 0 without a bundle
 * @param requests exchanges and connections that used it
 * @param waited how long the first caller waited until the name was warm; empty: it never was
 */
public record NameReport(
    String key,
    String state,
    Duration inState,
    int waiters,
    int endpoints,
    long requests,
    Optional<Duration> waited) {

  static NameReport of(Entry entry, long now) {
    return new NameReport(
        entry.key.wire(),
        DiscoveryMetrics.word(entry.state()),
        Duration.ofNanos(now - entry.since()),
        entry.waiters.size(),
        entry.state() instanceof ServiceState.Serving known ? endpoints(known.bundle()) : 0,
        entry.requests(),
        entry.waited());
  }

  private static int endpoints(Bundle bundle) {
    return bundle.clusters().values().stream()
        .mapToInt(target -> target.endpoints().endpoints().size())
        .sum();
  }
}
