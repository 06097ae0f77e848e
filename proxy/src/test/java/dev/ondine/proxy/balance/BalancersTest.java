package dev.ondine.proxy.balance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Bundle;
import dev.ondine.model.Cluster;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.Endpoint;
import dev.ondine.model.Locality;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancersTest {
  private static final long SEED = 20_261_123;

  private final Balancers balancers = new Balancers(new SplittableRandom(SEED));

  @ParameterizedTest
  @EnumSource(Cluster.Balancing.class)
  void equalEndpointsGetEqualShares(Cluster.Balancing policy) {
    var target = target(policy, healthy(1), healthy(2), healthy(3));
    var counts = new HashMap<Endpoint, Integer>();
    for (var i = 0; i < 3_000; i++) {
      counts.merge(next(target).endpoint(), 1, Integer::sum);
    }
    assertThat(counts).hasSize(3);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(900, 1_100));
  }

  @Test
  void aBusyEndpointIsSpared() {
    var target = target(Cluster.Balancing.LEAST_REQUEST, healthy(1), healthy(2));
    var busy = next(target);
    busy.begin();
    busy.begin();
    for (var i = 0; i < 100; i++) {
      assertThat(next(target)).isNotSameAs(busy);
    }
    busy.end();
    busy.end();
    assertThat(busy.active()).isZero();
  }

  @Test
  void weightsShareTheLoad() {
    var target = target(Cluster.Balancing.LEAST_REQUEST, weighing(1, 1), weighing(2, 3));
    var first = 0;
    for (var i = 0; i < 400; i++) {
      var load = next(target);
      load.begin(); // nobody ends: the loads settle at the weights
      first += load.endpoint().port() == 1 ? 1 : 0;
    }
    assertThat(first).isBetween(90, 110);
  }

  @Test
  void lameDucksServeOnlyWhenNobodyElseDoes() {
    var duck = endpoint(1, Endpoint.Health.DRAINING, 1);
    var ill = endpoint(2, Endpoint.Health.UNHEALTHY, 1);
    for (var i = 0; i < 20; i++) {
      var both = target(Cluster.Balancing.ROUND_ROBIN, duck, ill, healthy(3));
      assertThat(next(both).endpoint().port()).isEqualTo(3);
    }
    var alone = target(Cluster.Balancing.ROUND_ROBIN, duck, ill);
    assertThat(next(alone).endpoint()).isEqualTo(duck);
    var none = target(Cluster.Balancing.ROUND_ROBIN, ill);
    assertThat(balancers.choose(none, null)).isNull();
  }

  @Test
  void theEndpointThatFailedIsAvoidedWhileThereIsAnother() {
    var target = target(Cluster.Balancing.LEAST_REQUEST, healthy(1), healthy(2));
    for (var i = 0; i < 50; i++) {
      assertThat(requireNonNull(balancers.choose(target, healthy(1))).endpoint().port())
          .isEqualTo(2);
    }
    var only = target(Cluster.Balancing.LEAST_REQUEST, healthy(1));
    assertThat(requireNonNull(balancers.choose(only, healthy(1))).endpoint().port()).isEqualTo(1);
  }

  @Test
  void countsOutliveAChangeOfTheEndpoints() {
    var before = target(Cluster.Balancing.LEAST_REQUEST, healthy(1));
    next(before).begin();
    var after = target(Cluster.Balancing.LEAST_REQUEST, weighing(1, 5));
    assertThat(next(after).active()).isEqualTo(1);
    assertThat(next(after).endpoint().weight()).isEqualTo(5);
  }

  private EndpointLoad next(Bundle.Target target) {
    return requireNonNull(balancers.choose(target, null));
  }

  private static Bundle.Target target(Cluster.Balancing policy, Endpoint... endpoints) {
    var cluster =
        new Cluster("c", "c", policy, Cluster.DEFAULT_CONNECT_TIMEOUT, AppProtocol.AUTO, Set.of());
    return new Bundle.Target(cluster, new ClusterEndpoints("c", Arrays.asList(endpoints)));
  }

  private static Endpoint healthy(int port) {
    return weighing(port, 1);
  }

  private static Endpoint weighing(int port, int weight) {
    return endpoint(port, Endpoint.Health.HEALTHY, weight);
  }

  private static Endpoint endpoint(int port, Endpoint.Health health, int weight) {
    return new Endpoint("10.0.0.1", port, "", false, false, health, weight, Locality.UNKNOWN);
  }
}
