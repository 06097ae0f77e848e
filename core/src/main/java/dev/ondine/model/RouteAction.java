package dev.ondine.model;

import java.util.List;
import java.util.Optional;

/** What a route does with a request. */
public sealed interface RouteAction {
  /** Sends it to a cluster. */
  record Forward(String cluster) implements RouteAction {
    public Forward {
      if (cluster.isBlank()) {
        throw new InvalidResourceException("route.cluster", "is blank");
      }
    }
  }

  /** Sends it to one of several clusters, by weight. */
  record Split(List<WeightedCluster> clusters) implements RouteAction {
    public Split {
      clusters = List.copyOf(clusters);
      if (clusters.stream().mapToLong(WeightedCluster::weight).sum() < 1) {
        throw new InvalidResourceException("route.split", "the weights add up to 0");
      }
    }
  }

  /** One share of a {@link Split}; weight 0 receives nothing. */
  record WeightedCluster(String cluster, int weight) {
    public WeightedCluster {
      if (weight < 0) {
        throw new InvalidResourceException("route.split.weight", weight + " is negative");
      }
    }
  }

  /** Answers 3xx; empty parts stay as in the request. */
  record Redirect(int status, Optional<String> host, Optional<String> path)
      implements RouteAction {}

  /** Answers at once. */
  record DirectResponse(int status, String body) implements RouteAction {}
}
