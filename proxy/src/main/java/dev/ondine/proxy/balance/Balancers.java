package dev.ondine.proxy.balance;

import dev.ondine.model.Bundle;
import dev.ondine.model.Endpoint;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Chooses endpoints for requests and for connections alike; shared by all loops, lock-free. */
public final class Balancers {
  /** As many clusters as there may be warm names, and some that only routes name. */
  private static final int CLUSTERS = 4_096;

  private final RandomGenerator random;
  private final ConcurrentMap<String, ClusterBalancer> clusters = new ConcurrentHashMap<>();

  /**
   * @param random thread-safe
   */
  public Balancers(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The endpoint that takes the next request or connection, or null when none can. The caller
   * counts it by {@link EndpointLoad#begin} and {@link EndpointLoad#end}.
   *
   * @param failed the endpoint that failed just before, or null on the first try
   */
  public @Nullable EndpointLoad choose(Bundle.Target target, @Nullable Endpoint failed) {
    return chooseAfter(failed == null ? List.of() : List.of(failed), target);
  }

  /**
   * Likewise, after several tries.
   *
   * @param failed the endpoints that failed; one of them is chosen again only if there is no other
   */
  public @Nullable EndpointLoad chooseAfter(List<Endpoint> failed, Bundle.Target target) {
    var name = target.cluster().name();
    var balancer = clusters.get(name);
    if (balancer == null || !balancer.isOf(target)) {
      if (clusters.size() >= CLUSTERS) {
        clusters.clear(); // forgets counts only; the names are bounded by discovery
      }
      balancer =
          clusters.compute(
              name,
              (_, before) ->
                  before != null && before.isOf(target)
                      ? before
                      : new ClusterBalancer(target, before, random));
    }
    return balancer.choose(failed, random);
  }
}
