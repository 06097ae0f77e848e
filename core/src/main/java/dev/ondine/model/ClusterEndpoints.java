package dev.ondine.model;

import java.util.List;

/**
 * The live endpoints of a cluster; an explicit empty list is knowledge too. Envoy's
 * ClusterLoadAssignment.
 */
public record ClusterEndpoints(String cluster, List<Endpoint> endpoints) {
  public ClusterEndpoints {
    if (cluster.isBlank()) {
      throw new InvalidResourceException("endpoints.cluster", "is blank");
    }
    endpoints = List.copyOf(endpoints);
  }
}
