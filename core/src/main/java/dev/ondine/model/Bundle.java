package dev.ondine.model;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything needed to serve one demanded name, complete by construction: a half-warm bundle cannot
 * be built.
 *
 * @param key what was demanded
 * @param routes of a listener that names its routes; empty otherwise
 * @param clusters by name, each with its endpoints; every cluster the listener or a route names
 */
public record Bundle(
    DemandKey key,
    Listener listener,
    Optional<RouteConfiguration> routes,
    Map<String, Target> clusters) {

  /** A cluster with its endpoints. */
  public record Target(Cluster cluster, ClusterEndpoints endpoints) {
    public Target {
      requireNonNull(cluster, "cluster");
      requireNonNull(endpoints, "endpoints");
    }

    /**
     * Who may answer at an endpoint of this cluster; empty for one in the clear.
     *
     * @throws InvalidResourceException where it takes mutual TLS and nobody may answer
     */
    public Set<Identity> expected(Endpoint endpoint) {
      if (!endpoint.mtls()) {
        return Set.of();
      }
      if (cluster.identities().isEmpty()) {
        throw new InvalidResourceException(
            "cluster " + cluster.name() + ".identities",
            "is empty, though " + endpoint.authority() + " takes mutual TLS");
      }
      return cluster.identities();
    }
  }

  public Bundle {
    requireNonNull(key, "key");
    requireNonNull(routes, "routes");
    clusters = Map.copyOf(clusters);
    var missing = new LinkedHashSet<>(references(listener, routes));
    missing.removeAll(clusters.keySet());
    if (!missing.isEmpty()) {
      throw new InvalidResourceException("bundle " + key.wire(), "lacks clusters " + missing);
    }
    if (listener.traffic() instanceof Listener.Traffic.Http && routes.isEmpty()) {
      throw new InvalidResourceException("bundle " + key.wire(), "lacks its routes");
    }
  }

  /**
   * The cluster for what is no request that could be matched, such as TLS or a tunnel: that of TCP;
   * of a service that speaks HTTP the one that all its routes lead to, else its own. It may be none
   * of this bundle's: then only a request can choose.
   */
  public String unroutedCluster() {
    return switch (listener.traffic()) {
      case Listener.Traffic.Tcp(var cluster) -> cluster;
      case Listener.Traffic.Http _, Listener.Traffic.HttpInline _ ->
          clusters.size() == 1 ? clusters.keySet().iterator().next() : listener.name();
    };
  }

  /** The clusters that a listener and its routes name. */
  public static Set<String> references(Listener listener, Optional<RouteConfiguration> routes) {
    return switch (listener.traffic()) {
      case Listener.Traffic.Tcp(var cluster) -> Set.of(cluster);
      case Listener.Traffic.HttpInline(var inline) -> inline.clusters();
      case Listener.Traffic.Http _ -> routes.map(RouteConfiguration::clusters).orElse(Set.of());
    };
  }
}
