package dev.ondine.proxy.balance;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** One after the other, starting at a random one so that many sidecars do not move in step. */
final class RoundRobin implements LoadBalancer {
  private final AtomicInteger next;

  RoundRobin(RandomGenerator random) {
    next = new AtomicInteger(random.nextInt());
  }

  @Override
  public EndpointLoad choose(List<EndpointLoad> candidates, RandomGenerator random) {
    return candidates.get(Math.floorMod(next.getAndIncrement(), candidates.size()));
  }
}
