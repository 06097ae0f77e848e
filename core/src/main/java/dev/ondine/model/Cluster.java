package dev.ondine.model;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Set;

/**
 * A named set of interchangeable endpoints: the unit of discovery, balancing and circuit breaking.
 *
 * <p>Immutable. A changed cluster is a new value.
 *
 * @param endpointsName the name of the {@link ClusterEndpoints} resource that lists its endpoints
 * @param upstreamProtocol what to speak to the endpoints; AUTO follows the caller
 * @param identities who may answer at its endpoints that take mutual TLS: secure naming
 */
public record Cluster(
    String name,
    String endpointsName,
    Balancing balancing,
    Duration connectTimeout,
    AppProtocol upstreamProtocol,
    Set<Identity> identities) {

  /** Which endpoint takes the next request. */
  public enum Balancing {
    /** The less loaded of two random endpoints: the default. */
    LEAST_REQUEST,
    ROUND_ROBIN
  }

  /** Envoy's default too. */
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

  public Cluster {
    requireNonNull(balancing, "balancing");
    requireNonNull(upstreamProtocol, "upstreamProtocol");
    identities = Set.copyOf(identities);
    if (name.isBlank()) {
      throw new InvalidResourceException("cluster.name", "is blank");
    }
    if (endpointsName.isBlank()) {
      throw new InvalidResourceException("cluster " + name + ".endpointsName", "is blank");
    }
    if (connectTimeout.isNegative() || connectTimeout.isZero()) {
      throw new InvalidResourceException(
          "cluster " + name + ".connectTimeout", connectTimeout + " is not positive");
    }
  }

  /** A cluster with the defaults, whose endpoints carry its own name. */
  public static Cluster named(String name) {
    return new Cluster(
        name, name, Balancing.LEAST_REQUEST, DEFAULT_CONNECT_TIMEOUT, AppProtocol.AUTO, Set.of());
  }
}
