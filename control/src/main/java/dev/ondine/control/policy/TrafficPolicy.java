package dev.ondine.control.policy;

import dev.ondine.model.Cluster.Balancing;
import java.time.Duration;
import java.util.Optional;

/**
 * How callers treat a service: balancing, timeouts and limits.
 *
 * @param service the targeted service, of the same namespace
 * @param requestTimeout empty: the sidecar's default; zero: none
 * @param maxRequestBodyBytes empty: the sidecar's default; 0: any length
 */
public record TrafficPolicy(
    Metadata metadata,
    String service,
    Optional<Balancing> balancing,
    Optional<Duration> requestTimeout,
    Optional<Duration> connectTimeout,
    Optional<Long> maxRequestBodyBytes)
    implements Document {}
