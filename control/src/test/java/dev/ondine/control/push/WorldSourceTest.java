package dev.ondine.control.push;

import static dev.ondine.control.registry.TestWorld.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.control.registry.TestWorld;
import dev.ondine.control.registry.World;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.Locality;
import dev.ondine.model.Workload;
import dev.ondine.xds.codec.Node;
import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.server.Answer;
import dev.ondine.xds.server.EncodedResource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorldSourceTest {
  private final TestWorld shop =
      new TestWorld()
          .service("orders.shop", port(80, AppProtocol.HTTP), port(9090, AppProtocol.GRPC))
          .workload("orders.shop", "orders-0", "10.0.0.1");
  private final AtomicReference<World> world = new AtomicReference<>(shop.build());
  private final WorldSource source =
      new WorldSource(world::get, TrustSource.NONE, Optional.of("mesh.local"));

  @ParameterizedTest
  @EnumSource
  void everyTypeIsAnsweredUnderTheNameAskedFor(ResourceType type) {
    var found = (Answer.Found) source.lookup(node("shop"), type, "orders");
    assertThat(found.resource().name()).isEqualTo("orders");
    assertThat(found.resource().body().getTypeUrl()).isEqualTo(type.url());
    assertThat(found.dependencies()).containsExactly("service/shop/orders");
  }

  @ParameterizedTest
  @EnumSource
  void aVirtualIpIsAnAliasOfTheCanonicalName(ResourceType type) {
    var byIp = resource(type, "240.240.0.1:9090");
    assertThat(byIp.name()).isEqualTo("orders.shop.mesh:9090");
    assertThat(byIp.aliases()).containsExactly("240.240.0.1:9090");
    assertThat(byIp.body()).isEqualTo(resource(type, "orders.shop.mesh:9090").body());
  }

  @Test
  void onlyWhatChangedHasANewVersion() {
    var cluster = resource(ResourceType.CLUSTER, "orders.shop.mesh");
    var endpoints = resource(ResourceType.ENDPOINTS, "orders.shop.mesh");

    world.set(shop.state("orders.shop", "orders-0", Workload.State.LAME_DUCK).build());

    assertThat(resource(ResourceType.CLUSTER, "orders.shop.mesh").version())
        .isEqualTo(cluster.version());
    assertThat(resource(ResourceType.ENDPOINTS, "orders.shop.mesh").version())
        .isNotEqualTo(endpoints.version());
  }

  @Test
  void anUnchangedResourceIsEncodedOnceForAllStreams() {
    var first = resource(ResourceType.ENDPOINTS, "orders.shop.mesh");
    world.set(shop.service("payment.shop", port(80, AppProtocol.HTTP)).build());
    assertThat(resource(ResourceType.ENDPOINTS, "orders.shop.mesh")).isSameAs(first);
  }

  @Test
  void whatDoesNotExistOrIsHiddenSaysOnWhatThatDepends() {
    assertThat(source.lookup(node("shop"), ResourceType.LISTENER, "payment.shop.mesh"))
        .isEqualTo(new Answer.NotFound(Set.of("service/shop/payment", "service/shop/shop")));

    world.set(shop.visibleTo("orders.shop", "audit").build());
    assertThat(source.lookup(node("billing"), ResourceType.LISTENER, "orders.shop.mesh"))
        .isInstanceOf(Answer.Denied.class);
    assertThat(source.lookup(node("audit"), ResourceType.LISTENER, "orders.shop.mesh"))
        .isInstanceOf(Answer.Found.class);
  }

  @Test
  void theWildcardStandsForEveryVisibleServicePort() {
    world.set(
        shop.service("ledger.billing", port(80, AppProtocol.HTTP))
            .visibleTo("ledger.billing", "audit")
            .build());

    assertThat(source.all(node("shop"), ResourceType.CLUSTER))
        .containsExactlyInAnyOrder("orders.shop.mesh", "orders.shop.mesh:9090");
    assertThat(source.all(node("audit"), ResourceType.CLUSTER)).contains("ledger.billing.mesh");
    assertThat(source.all(node("shop"), ResourceType.LISTENER)).isEmpty();
  }

  private EncodedResource resource(ResourceType type, String name) {
    return ((Answer.Found) source.lookup(node("shop"), type, name)).resource();
  }

  private static Node node(String namespace) {
    return new Node(
        "front-0." + namespace,
        "front",
        Map.of("NAMESPACE", namespace),
        Locality.UNKNOWN,
        Node.ONDINE,
        "0",
        Set.of());
  }
}
