package dev.ondine.control.push;

import static dev.ondine.control.registry.TestWorld.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.control.registry.TestWorld;
import dev.ondine.control.registry.World;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.Cluster;
import dev.ondine.model.Endpoint;
import dev.ondine.model.Identity;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.InboundSecurity.Mtls;
import dev.ondine.model.Locality;
import dev.ondine.model.Workload;
import dev.ondine.xds.codec.Decoder;
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
  @EnumSource(names = {"CLUSTER", "ENDPOINTS", "LISTENER", "ROUTES"})
  void everyTypeIsAnsweredUnderTheNameAskedFor(ResourceType type) {
    var found = (Answer.Found) source.lookup(node("shop"), type, "orders");
    assertThat(found.resource().name()).isEqualTo("orders");
    assertThat(found.resource().body().getTypeUrl()).isEqualTo(type.url());
    assertThat(found.dependencies())
        .containsExactlyInAnyOrder("service/shop/orders", "mesh-identity/shop", "mesh-settings");
  }

  @ParameterizedTest
  @EnumSource(names = {"CLUSTER", "ENDPOINTS", "LISTENER", "ROUTES"})
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
  void aNodeLearnsWhatItsOwnServiceDemands() {
    world.set(shop.mtls("orders.shop", Mtls.STRICT).build());

    assertThat(inbound("orders")).isEqualTo(InboundSecurity.of(Mtls.STRICT));
    assertThat(inbound("payment")).isEqualTo(InboundSecurity.of(Mtls.PERMISSIVE));
  }

  private InboundSecurity inbound(String service) {
    var answer = source.lookup(node("shop", service, Node.ONDINE), ResourceType.INBOUND, "inbound");
    var found = (Answer.Found) answer;
    assertThat(found.dependencies())
        .containsExactlyInAnyOrder("mesh-identity/shop", "mesh-settings");
    return Decoder.inbound(found.resource().body().getValue());
  }

  @Test
  void withoutRootsThereIsNoSecret() {
    assertThat(source.lookup(node("shop"), ResourceType.SECRET, "ALL"))
        .isEqualTo(new Answer.NotFound(Set.of("trust")));
  }

  @Test
  void grpcClientsGetClustersThatTheyUnderstand() {
    world.set(
        shop.workload("orders.shop", "orders-1", "10.0.0.2").takesMtls("orders.shop").build());

    assertThat(cluster(Node.ONDINE).identities())
        .containsExactly(new Identity("mesh.local", "shop", "orders"));
    assertThat(cluster("gRPC Java").identities()).isEmpty();
  }

  @Test
  void whoeverDisablesMutualTlsIsCalledInTheClear() {
    world.set(shop.takesMtls("orders.shop").mtls("orders.shop", Mtls.DISABLED).build());

    assertThat(cluster(Node.ONDINE).identities()).isEmpty();
    var endpoints = resource(ResourceType.ENDPOINTS, "orders.shop.mesh").body().getValue();
    assertThat(Decoder.endpoints(endpoints).endpoints()).noneMatch(Endpoint::mtls);
  }

  private Cluster cluster(String userAgent) {
    var node = node("shop", "front", userAgent);
    var found = (Answer.Found) source.lookup(node, ResourceType.CLUSTER, "orders.shop.mesh");
    return Decoder.cluster(found.resource().body().getValue());
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
    return node(namespace, "front", Node.ONDINE);
  }

  private static Node node(String namespace, String service, String userAgent) {
    return new Node(
        service + "-0." + namespace,
        service,
        Map.of("NAMESPACE", namespace),
        Locality.UNKNOWN,
        userAgent,
        "0",
        Set.of());
  }
}
