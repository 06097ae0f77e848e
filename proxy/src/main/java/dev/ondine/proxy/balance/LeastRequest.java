package dev.ondine.proxy.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Power of two choices: the less busy of two random endpoints, in proportion to their weights. See
 * M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing" (1996).
 */
final class LeastRequest implements LoadBalancer {
  @Override
  public EndpointLoad choose(List<EndpointLoad> candidates, RandomGenerator random) {
    var size = candidates.size();
    if (size == 1) {
      return candidates.getFirst();
    }
    var first = random.nextInt(size);
    var second = random.nextInt(size - 1);
    if (second >= first) {
      second++; // two different ones
    }
    var a = candidates.get(first);
    var b = candidates.get(second);
    // active / weight, without a division; the one that comes next counts too.
    var left = (a.active() + 1L) * b.endpoint().weight();
    var right = (b.active() + 1L) * a.endpoint().weight();
    return left <= right ? a : b;
  }
}
