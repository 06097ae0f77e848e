package dev.ondine.proxy.balance;

import dev.ondine.model.Bundle;
import dev.ondine.model.Cluster;
import dev.ondine.model.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one cluster as one bundle shows them, with their loads. Immutable, save for the
 * counts.
 */
final class ClusterBalancer {
  private final Bundle.Target target;
  private final LoadBalancer balancer;
  private final List<EndpointLoad> healthy = new ArrayList<>();

  /** Lame ducks: they still serve, but only when nobody else does. */
  private final List<EndpointLoad> draining = new ArrayList<>();

  /**
   * @param before the cluster's balancer so far, whose counts go on
   */
  ClusterBalancer(Bundle.Target target, @Nullable ClusterBalancer before, RandomGenerator random) {
    this.target = target;
    var known = new HashMap<String, EndpointLoad>();
    if (before != null) {
      before.healthy.forEach(load -> known.put(load.endpoint().authority(), load));
      before.draining.forEach(load -> known.put(load.endpoint().authority(), load));
    }
    for (var endpoint : target.endpoints().endpoints()) {
      var load = known.getOrDefault(endpoint.authority(), new EndpointLoad(endpoint));
      switch (endpoint.health()) {
        case HEALTHY -> healthy.add(load.describedAs(endpoint));
        case DRAINING -> draining.add(load.describedAs(endpoint));
        case UNHEALTHY -> {}
      }
    }
    this.balancer =
        before != null && before.policy() == policy()
            ? before.balancer
            : balancer(policy(), random);
  }

  private static LoadBalancer balancer(Cluster.Balancing policy, RandomGenerator random) {
    return switch (policy) {
      case LEAST_REQUEST -> new LeastRequest();
      case ROUND_ROBIN -> new RoundRobin(random);
    };
  }

  private Cluster.Balancing policy() {
    return target.cluster().balancing();
  }

  /** True if this was made of the very same snapshot. */
  @SuppressWarnings(
      "ReferenceEquality") // a changed cluster is a new value; comparing endpoints costs
  boolean isOf(Bundle.Target target) {
    return this.target == target;
  }

  /**
   * An endpoint for the next try, or null when there is none.
   *
   * @param failed the endpoints of the tries before, avoided while there is another
   */
  @Nullable EndpointLoad choose(List<Endpoint> failed, RandomGenerator random) {
    var candidates = healthy.isEmpty() ? draining : healthy;
    if (candidates.isEmpty()) {
      return null;
    }
    if (!failed.isEmpty()) {
      var others = others(candidates, failed);
      if (others.isEmpty()) {
        others = others(draining, failed);
      }
      candidates = others.isEmpty() ? candidates : others;
    }
    return balancer.choose(candidates, random);
  }

  private static List<EndpointLoad> others(List<EndpointLoad> loads, List<Endpoint> failed) {
    return loads.stream()
        .filter(load -> failed.stream().noneMatch(one -> isSame(load.endpoint(), one)))
        .toList();
  }

  private static boolean isSame(Endpoint a, Endpoint b) {
    return a.port() == b.port() && a.host().equals(b.host());
  }
}
