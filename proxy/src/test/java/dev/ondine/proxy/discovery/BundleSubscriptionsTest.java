package dev.ondine.proxy.discovery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.Bundle;
import dev.ondine.model.ServiceState;
import dev.ondine.xds.client.ResourceState;
import dev.ondine.xds.codec.ResourceType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Never half-warm: a name serves from complete bundles only. */
class BundleSubscriptionsTest {
  private static final String ORDERS = "orders.default.mesh";
  private static final String V1 = "orders-v1.default.mesh";
  private static final String V2 = "orders-v2.default.mesh";

  private final CacheFixture mesh = new CacheFixture(Map.of());
  private final FakeControl control = mesh.control;

  @Test
  void nothingIsServedUntilEveryReferenceIsClosed() {
    var caller = mesh.call("orders");
    var orders = Shop.http("orders", "10.0.0.1");

    control.has(ResourceType.CLUSTER, ORDERS, orders);
    control.has(ResourceType.LISTENER, ORDERS, orders);
    control.has(ResourceType.ROUTES, ORDERS, orders);
    assertThat(caller.waits()).isTrue();
    assertThat(mesh.word("orders")).isEqualTo("requested");

    control.has(ResourceType.ENDPOINTS, ORDERS, orders);
    assertThat(caller.outcome()).isInstanceOf(Outcome.Found.class);
  }

  @Test
  void anExplicitEmptyListOfEndpointsCounts() {
    var caller = mesh.call("orders");

    control.has(Shop.http("orders"));

    assertThat(caller.outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(hosts(ORDERS)).isEmpty();
  }

  @Test
  void clustersThatOnlyTheRouteNamesFollowInASecondFlush() {
    var caller = mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1").routedTo(V1, V2));

    assertThat(control.flushes()).hasSize(2);
    assertThat(control.flushes().get(1))
        .containsExactlyInAnyOrder("CLUSTER " + V1, "CLUSTER " + V2);
    assertThat(caller.waits()).isTrue();

    control.has(Shop.http("orders-v1", "10.0.1.1"));
    control.has(Shop.http("orders-v2", "10.0.2.1"));
    assertThat(caller.outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(bundle().clusters().keySet()).containsExactlyInAnyOrder(V1, V2);
  }

  @Test
  void aChangedBundleReplacesTheOldOneOnlyWhenComplete() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1"));
    var before = bundle();

    control.has(Shop.http("orders", "10.0.0.1").routedTo(V1));
    assertThat(bundle()).isSameAs(before);
    control.has(ResourceType.CLUSTER, V1, Shop.http("orders-v1", "10.0.1.1"));
    assertThat(bundle()).isSameAs(before);

    control.has(Shop.http("orders-v1", "10.0.1.1"));
    assertThat(bundle().clusters().keySet()).containsExactly(V1);
  }

  @Test
  void aClusterThatNoRouteNamesAnyMoreIsUnsubscribedOnceTheNewBundleIsComplete() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1").routedTo(V1));
    control.has(Shop.http("orders-v1", "10.0.1.1"));
    assertThat(control.subscribed()).containsExactlyInAnyOrder(ORDERS, V1);

    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(control.subscribed()).containsExactly(ORDERS);
  }

  @Test
  void aRemovedClusterLeavesTheLastGoodBundleInPlace() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1"));
    var before = bundle();

    control.is(ResourceType.CLUSTER, ORDERS, new ResourceState.Absent());
    control.is(ResourceType.ENDPOINTS, ORDERS, new ResourceState.Absent());

    assertThat(bundle()).isSameAs(before);
  }

  @Test
  void newEndpointsAreSeenAtOnce() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1"));

    control.has(ResourceType.ENDPOINTS, ORDERS, Shop.http("orders", "10.0.0.1", "10.0.0.2"));

    assertThat(hosts(ORDERS)).containsExactly("10.0.0.1", "10.0.0.2");
  }

  @Test
  void aResourceSentAgainUnchangedKeepsTheSameBundle() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1"));
    var before = bundle();

    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(bundle()).isSameAs(before);
  }

  @Test
  void tcpNeedsNoRoutes() {
    var caller = mesh.call("redis:6379");

    control.has(Shop.tcp("redis:6379", "10.0.0.9"));

    assertThat(caller.outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(control.flushes()).hasSize(1);
  }

  @Test
  void aVirtualIpIsAnsweredUnderItsCanonicalName() {
    var caller = mesh.call(Shop.virtualIp("240.240.0.5", 6379));
    assertThat(control.asked()).containsExactly(List.of("240.240.0.5:6379"));

    control.has(Shop.tcp("redis:6379", "10.0.0.9").alias("240.240.0.5:6379"));

    var found = (Outcome.Found) caller.outcome();
    assertThat(found.state().bundle().clusters()).containsOnlyKeys("redis.default.mesh:6379");
    assertThat(control.flushes()).as("the canonical name is not asked for as well").hasSize(1);
  }

  @Test
  void aSharedClusterIsKeptWhileAnotherNameUsesIt() {
    mesh.call("orders");
    mesh.call("orders-v1");
    control.has(Shop.http("orders", "10.0.0.1").routedTo(V1));
    control.has(Shop.http("orders-v1", "10.0.1.1"));
    assertThat(mesh.word("orders")).isEqualTo("warm");

    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(control.subscribed()).containsExactlyInAnyOrder(ORDERS, V1);
    assertThat(mesh.word("orders-v1")).isEqualTo("warm");
  }

  private Bundle bundle() {
    return ((ServiceState.Serving) mesh.state("orders")).bundle();
  }

  private List<String> hosts(String cluster) {
    return requireNonNull(bundle().clusters().get(cluster)).endpoints().endpoints().stream()
        .map(endpoint -> endpoint.host())
        .toList();
  }
}
