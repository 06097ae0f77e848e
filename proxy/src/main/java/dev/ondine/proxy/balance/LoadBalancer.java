package dev.ondine.proxy.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/** Chooses one of several endpoints. Called from all loops, so its state is thread-safe. */
interface LoadBalancer {
  /**
   * One of the candidates.
   *
   * @param candidates at least one
   */
  EndpointLoad choose(List<EndpointLoad> candidates, RandomGenerator random);
}
