package dev.ondine.control.policy;

import dev.ondine.model.Cluster.Balancing;
import java.time.Duration;
import java.util.Optional;

/**
 * How callers treat a service: balancing and timeouts.
 *
 * @param service the targeted service, of the same namespace
 * @param requestTimeout empty: the sidecar's default; zero: none
 */
public record TrafficPolicy(
    Metadata metadata,
    String service,
    Optional<Balancing> balancing,
    Optional<Duration> requestTimeout,
    Optional<Duration> connectTimeout)
    implements Document {}
