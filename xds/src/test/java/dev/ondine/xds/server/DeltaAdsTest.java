package dev.ondine.xds.server;

import static dev.ondine.xds.codec.ResourceType.CLUSTER;
import static dev.ondine.xds.codec.ResourceType.ENDPOINTS;
import static dev.ondine.xds.codec.ResourceType.LISTENER;
import static dev.ondine.xds.codec.ResourceType.ROUTES;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import dev.ondine.model.AppProtocol;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The delta rules that are easy to get wrong, over a real socket. */
class DeltaAdsTest {
  private RunningServer server;
  private World world;

  @BeforeEach
  void start() throws Exception {
    server = new RunningServer();
    world = server.world;
    world.put("orders", 2);
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  @Test
  void aNameIsAnsweredWithItsResourceAndVersion() throws Exception {
    var peer = server.sidecar().subscribe(CLUSTER, "orders");

    var response = peer.nextGives(CLUSTER, "orders");

    assertThat(response.getNonce()).isNotEmpty();
    assertThat(response.getResources(0).getVersion()).isNotEmpty();
    assertThat(response.getResources(0).getResource().getTypeUrl()).isEqualTo(CLUSTER.url());
  }

  @Test
  void theSecondDistinctNameIsAnsweredToo() throws Exception {
    world.put("users", 1);
    var peer = server.sidecar().subscribe(CLUSTER, "orders");
    peer.nextGives(CLUSTER, "orders");

    peer.subscribe(CLUSTER, "users");

    peer.nextGives(CLUSTER, "users");
  }

  @Test
  void changesGoOutInOrderClustersEndpointsListenersRoutes() throws Exception {
    var peer = server.sidecar();
    // In the wrong order, and subscribed while missing, so that all four are due at once later.
    peer.subscribe(ROUTES, "late").nextRemoves(ROUTES, "late");
    peer.subscribe(LISTENER, "late").nextRemoves(LISTENER, "late");
    peer.subscribe(ENDPOINTS, "late").nextRemoves(ENDPOINTS, "late");
    peer.subscribe(CLUSTER, "late").nextRemoves(CLUSTER, "late");

    server.change(() -> world.put("late", 1), "late");

    peer.nextGives(CLUSTER, "late");
    peer.nextGives(ENDPOINTS, "late");
    peer.nextGives(LISTENER, "late");
    peer.nextGives(ROUTES, "late");
  }

  @Test
  void removalsComeAfterAllThatIsNew() throws Exception {
    var peer = server.sidecar();
    peer.subscribe(CLUSTER, "orders", "late").nextGives(CLUSTER, "orders");
    peer.nextRemoves(CLUSTER, "late");
    peer.subscribe(ROUTES, "orders", "late").nextGives(ROUTES, "orders");
    peer.nextRemoves(ROUTES, "late");

    server.change(
        () -> {
          world.remove("orders");
          world.put("late", 1);
        },
        "orders",
        "late");

    peer.nextGives(CLUSTER, "late");
    peer.nextGives(ROUTES, "late");
    peer.nextRemoves(ROUTES, "orders");
    peer.nextRemoves(CLUSTER, "orders");
  }

  @Test
  void notExistingIsAnsweredAtOnceAndALaterCreationIsPushed() throws Exception {
    var peer = server.sidecar().subscribe(CLUSTER, "payments");
    peer.nextRemoves(CLUSTER, "payments");

    server.change(() -> world.put("payments", 1), "payments");

    peer.nextGives(CLUSTER, "payments");
  }

  @Test
  void notExistingIsToldOnce() throws Exception {
    var peer = server.sidecar().subscribe(CLUSTER, "payments");
    peer.nextRemoves(CLUSTER, "payments");

    server.change(() -> {}, "payments");

    peer.nothingComes();
  }

  @Test
  void askingAgainForAMissingNameIsAnsweredAgain() throws Exception {
    var peer = server.sidecar().subscribe(CLUSTER, "payments");
    peer.nextRemoves(CLUSTER, "payments");

    peer.subscribe(CLUSTER, "payments");

    peer.nextRemoves(CLUSTER, "payments");
  }

  @Test
  void subscribingToAKnownNameForcesAResend() throws Exception {
    var peer = server.sidecar().subscribe(CLUSTER, "orders");
    peer.ack(peer.nextGives(CLUSTER, "orders"));

    peer.subscribe(CLUSTER, "orders");

    peer.nextGives(CLUSTER, "orders");
  }

  @Test
  void aChangeThatChangesNothingIsNotSent() throws Exception {
    var peer = server.sidecar().subscribe(CLUSTER, "orders").subscribe(ENDPOINTS, "orders");
    peer.nextGives(CLUSTER, "orders");
    peer.nextGives(ENDPOINTS, "orders");

    server.change(() -> world.put("orders", 3), "orders");

    peer.nextGives(ENDPOINTS, "orders"); // and the cluster, which is as before, is not sent
    peer.nothingComes();
  }

  @Test
  void aChangeGoesOnlyToStreamsThatSubscribed() throws Exception {
    world.put("users", 1);
    var orders = server.sidecar().subscribe(ENDPOINTS, "orders");
    var users = server.sidecar().subscribe(ENDPOINTS, "users");
    orders.nextGives(ENDPOINTS, "orders");
    users.nextGives(ENDPOINTS, "users");
    var looked = world.lookups("users");

    server.change(() -> world.put("orders", 3), "orders");

    orders.nextGives(ENDPOINTS, "orders");
    users.nothingComes();
    assertThat(world.lookups("users")).isEqualTo(looked);
  }

  @Test
  void afterAnUnsubscribeNothingIsSentNotEvenItsRemoval() throws Exception {
    var peer = server.sidecar().subscribe(CLUSTER, "orders");
    peer.nextGives(CLUSTER, "orders");

    peer.unsubscribe(CLUSTER, "orders");
    peer.nothingComes();
    server.change(() -> world.remove("orders"), "orders");

    peer.nothingComes();
  }

  @Test
  void unsubscribingTheLastNameDoesNotMeanEverything() throws Exception {
    var peer = server.envoy().subscribe(CLUSTER, "orders");
    peer.nextGives(CLUSTER, "orders");

    peer.unsubscribe(CLUSTER, "orders");
    server.change(() -> world.put("users", 1), "users");

    peer.nothingComes();
  }

  @Test
  void subscriptionChangesCountWithAStaleNonce() throws Exception {
    world.put("users", 1);
    var peer = server.sidecar().subscribe(CLUSTER, "orders");
    var first = peer.nextGives(CLUSTER, "orders");
    peer.subscribe(CLUSTER, "orders");
    peer.nextGives(CLUSTER, "orders"); // newer than the one answered below

    peer.send(
        DeltaPeer.request(CLUSTER)
            .setResponseNonce(first.getNonce())
            .addResourceNamesSubscribe("users"));

    peer.nextGives(CLUSTER, "users");
  }

  @Test
  void subscriptionChangesRideOnANack() throws Exception {
    world.put("users", 1);
    var peer = server.sidecar().subscribe(CLUSTER, "orders");
    var response = peer.nextGives(CLUSTER, "orders");

    peer.send(
        DeltaPeer.request(CLUSTER)
            .setResponseNonce(response.getNonce())
            .setErrorDetail(com.google.rpc.Status.newBuilder().setMessage("no"))
            .addResourceNamesSubscribe("users"));

    peer.nextGives(CLUSTER, "users");
  }

  @Test
  void aRejectedVersionIsNotSentAgainUntilItChanges() throws Exception {
    var peer = server.sidecar().subscribe(ENDPOINTS, "orders");
    peer.nack(peer.nextGives(ENDPOINTS, "orders"), "no");
    server.change(() -> {}, "orders");
    peer.nothingComes();

    server.change(() -> world.put("orders", 5), "orders");

    peer.nextGives(ENDPOINTS, "orders");
  }

  @Test
  void initialVersionsSkipWhatIsEqualAndSendTheRest() throws Exception {
    world.put("users", 1);
    var before = server.sidecar().subscribe(CLUSTER, "orders", "users");
    var versions = new java.util.HashMap<String, String>();
    before
        .nextGives(CLUSTER, "orders", "users")
        .getResourcesList()
        .forEach(resource -> versions.put(resource.getName(), resource.getVersion()));
    server.change(() -> world.put("users", 1, AppProtocol.GRPC), "users");

    var after = server.sidecar().resume(CLUSTER, versions, "orders", "users");

    after.nextGives(CLUSTER, "users");
    after.nothingComes();
  }

  @Test
  void whatVanishedDuringADisconnectIsRemoved() throws Exception {
    var peer = server.sidecar().resume(CLUSTER, Map.of("gone", "v1"), "gone");

    peer.nextRemoves(CLUSTER, "gone");
  }

  @Test
  void initialVersionsCountOnlyInATypesFirstRequest() throws Exception {
    var peer = server.sidecar().subscribe(CLUSTER, "orders");
    var version = peer.nextGives(CLUSTER, "orders").getResources(0).getVersion();

    peer.resume(CLUSTER, Map.of("orders", version), "orders");

    peer.nextGives(CLUSTER, "orders");
  }

  @Test
  void aResourceAskedForByAnAliasCarriesIt() throws Exception {
    world.put("redis", 1, AppProtocol.TCP, "240.240.0.5:6379");
    var peer = server.sidecar().subscribe(CLUSTER, "240.240.0.5:6379");

    var resource = peer.nextGives(CLUSTER, "redis").getResources(0);

    assertThat(resource.getAliasesList()).containsExactly("240.240.0.5:6379");
  }

  @Test
  void aResourceAskedForByNameAndAliasIsInAResponseOnce() throws Exception {
    world.put("redis", 1, AppProtocol.TCP, "240.240.0.5:6379");
    var peer = server.sidecar().subscribe(CLUSTER, "redis", "240.240.0.5:6379");

    var resource = peer.nextGives(CLUSTER, "redis").getResources(0);

    assertThat(resource.getAliasesList()).containsExactly("240.240.0.5:6379");
  }

  @Test
  void initialVersionsHoldForAnAlias() throws Exception {
    world.put("redis", 1, AppProtocol.TCP, "240.240.0.5:6379");
    var before = server.sidecar().subscribe(CLUSTER, "240.240.0.5:6379");
    var version = before.nextGives(CLUSTER, "redis").getResources(0).getVersion();

    var after = server.sidecar().resume(CLUSTER, Map.of("redis", version), "240.240.0.5:6379");

    after.nothingComes();
  }

  @Test
  void ourSidecarLearnsThatANameIsDeniedByResourceErrors() throws Exception {
    world.deny("secret", "not for web");
    var peer = server.sidecar().subscribe(CLUSTER, "secret");

    var response = peer.next(CLUSTER);

    assertThat(response.getRemovedResourcesList()).isEmpty();
    var error = response.getResourceErrors(0);
    assertThat(error.getResourceName().getName()).isEqualTo("secret");
    assertThat(error.getErrorDetail().getCode()).isEqualTo(Code.PERMISSION_DENIED_VALUE);
    assertThat(error.getErrorDetail().getMessage()).isEqualTo("not for web");
  }

  @Test
  void aForeignClientLearnsThatANameIsDeniedByRemoval() throws Exception {
    world.deny("secret", "not for web");
    var peer = server.envoy().subscribe(CLUSTER, "secret");

    assertThat(peer.nextRemoves(CLUSTER, "secret").getResourceErrorsList()).isEmpty();
  }

  @Test
  void aTypeThatWeDoNotSpeakHasNoResources() throws Exception {
    var peer = server.envoy();
    peer.send(
        io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl("type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig")
            .addResourceNamesSubscribe("filter"));

    assertThat(peer.next().getRemovedResourcesList()).containsExactly("filter");
  }

  @Test
  void anUpdatedClusterIsFollowedByItsEndpointsForEnvoy() throws Exception {
    var peer = server.envoy().subscribe(CLUSTER, "orders");
    peer.nextGives(CLUSTER, "orders");
    peer.subscribe(ENDPOINTS, "orders").nextGives(ENDPOINTS, "orders");

    server.change(() -> world.put("orders", 2, AppProtocol.GRPC), "orders");

    peer.nextGives(CLUSTER, "orders");
    peer.nextGives(ENDPOINTS, "orders"); // unchanged, but Envoy warms the cluster until it comes
  }

  @Test
  void ourSidecarIsNotSentUnchangedEndpointsWithAnUpdatedCluster() throws Exception {
    var peer = server.sidecar().subscribe(CLUSTER, "orders");
    peer.nextGives(CLUSTER, "orders");
    peer.subscribe(ENDPOINTS, "orders").nextGives(ENDPOINTS, "orders");

    server.change(() -> world.put("orders", 2, AppProtocol.GRPC), "orders");

    peer.nextGives(CLUSTER, "orders");
    peer.nothingComes();
  }
}
