package dev.ondine.xds.client;

import static dev.ondine.xds.client.Harness.badCluster;
import static dev.ondine.xds.client.Harness.cluster;
import static dev.ondine.xds.codec.ResourceType.CLUSTER;
import static dev.ondine.xds.codec.ResourceType.ENDPOINTS;
import static dev.ondine.xds.codec.ResourceType.LISTENER;
import static dev.ondine.xds.codec.ResourceType.ROUTES;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import dev.ondine.testkit.xds.FakeXdsServer;
import dev.ondine.testkit.xds.FakeXdsStream;
import dev.ondine.xds.codec.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The delta rules that are easy to get wrong, on one stream. */
class DeltaClientTest {
  private final Harness harness = new Harness();
  private FakeXdsServer server;
  private GrpcAdsClient client;
  private FakeXdsStream stream;

  @BeforeEach
  void connect() throws Exception {
    server = harness.server();
    client = harness.connect(server);
    stream = harness.stream(server);
    harness.until(harness::isUp);
  }

  @AfterEach
  void stop() {
    harness.stop();
  }

  private Recorder subscribe(ResourceType type, String name) {
    var watcher = new Recorder();
    client.subscribe(type, name, watcher);
    return watcher;
  }

  private DeltaDiscoveryRequest request() {
    return harness.request(stream);
  }

  // ---- what is asked ----

  @Test
  void aTypeIsOpenedWithItsFirstName() {
    assertThat(stream.pollRequest()).isNull();

    subscribe(CLUSTER, "orders");

    var request = request();
    assertThat(request.getTypeUrl()).isEqualTo(CLUSTER.url());
    assertThat(request.getResourceNamesSubscribeList()).containsExactly("orders");
    assertThat(request.getResourceNamesUnsubscribeList()).isEmpty();
  }

  @Test
  void onlyTheFirstRequestOfAStreamCarriesTheNode() {
    subscribe(CLUSTER, "orders");
    subscribe(ENDPOINTS, "orders");

    var first = request();
    assertThat(first.getNode().getId()).isEqualTo("web-0.shop");
    assertThat(first.getNode().getCluster()).isEqualTo("web");
    assertThat(first.getNode().getUserAgentName()).isEqualTo("ondine");
    assertThat(first.getNode().getMetadata().getFieldsOrThrow("NAMESPACE").getStringValue())
        .isEqualTo("shop");
    assertThat(request().hasNode()).isFalse();
  }

  @Test
  void oneFlushIsOneRequestPerTypeInTheProtocolsOrder() {
    client.inOneFlush(
        () -> {
          for (var name : List.of("orders", "users")) {
            subscribe(ROUTES, name);
            subscribe(LISTENER, name);
            subscribe(ENDPOINTS, name);
            subscribe(CLUSTER, name);
          }
        });

    for (var type : List.of(CLUSTER, ENDPOINTS, LISTENER, ROUTES)) {
      assertThat(harness.request(stream, type).getResourceNamesSubscribeList())
          .containsExactly("orders", "users");
    }
    harness.nothingComes(stream);
  }

  @Test
  void manySubscriptionsToANameAreOneOnTheWire() {
    var first = client.subscribe(CLUSTER, "orders", new Recorder());
    assertThat(request().getResourceNamesSubscribeList()).containsExactly("orders");

    var second = client.subscribe(CLUSTER, "orders", new Recorder());
    first.close();
    harness.nothingComes(stream);
    second.close();

    assertThat(request().getResourceNamesUnsubscribeList()).containsExactly("orders");
  }

  @Test
  void theSecondDistinctNameIsAskedToo() {
    subscribe(CLUSTER, "orders");
    assertThat(request().getResourceNamesSubscribeList()).containsExactly("orders");

    subscribe(CLUSTER, "users");

    assertThat(request().getResourceNamesSubscribeList()).containsExactly("users");
  }

  @Test
  void spontaneousRequestsCarryNoNonce() {
    subscribe(CLUSTER, "orders");
    request();
    stream.give("orders", "1", cluster("orders"));
    harness.answer(stream, CLUSTER);

    subscribe(CLUSTER, "users");

    assertThat(request().getResponseNonce()).isEmpty();
  }

  @Test
  void subscribedAndClosedBeforeTheFlushIsNotSaid() {
    client.inOneFlush(() -> client.subscribe(CLUSTER, "orders", new Recorder()).close());

    harness.nothingComes(stream);
  }

  @Test
  void closedAndSubscribedAgainInOneFlushIsAskedAgain() {
    var subscription = client.subscribe(CLUSTER, "orders", new Recorder());
    request();
    stream.give("orders", "1", cluster("orders"));
    harness.answer(stream, CLUSTER);
    var again = new Recorder();

    client.inOneFlush(
        () -> {
          subscription.close();
          client.subscribe(CLUSTER, "orders", again);
        });

    // Forgotten in between, so the server must send it again.
    assertThat(again.told).containsExactly("pending");
    var request = request();
    assertThat(request.getResourceNamesSubscribeList()).containsExactly("orders");
    assertThat(request.getResourceNamesUnsubscribeList()).isEmpty();
  }

  @Test
  void resyncAsksAgainForWhatIsKnownAndTellsEvenTheSameAnswer() {
    var watcher = new Recorder();
    var subscription = client.subscribe(CLUSTER, "orders", watcher);
    request();
    stream.give("orders", "1", cluster("orders"));
    harness.answer(stream, CLUSTER);

    subscription.resync();
    assertThat(request().getResourceNamesSubscribeList()).containsExactly("orders");
    stream.give("orders", "1", cluster("orders"));
    harness.answer(stream, CLUSTER);

    assertThat(watcher.told).containsExactly("pending", "orders@1", "orders@1");
  }

  @Test
  void unsubscribingForgetsTheResource() {
    var subscription = client.subscribe(CLUSTER, "orders", new Recorder());
    request();
    stream.give("orders", "1", cluster("orders"));
    harness.answer(stream, CLUSTER);

    subscription.close();
    assertThat(request().getResourceNamesUnsubscribeList()).containsExactly("orders");
    var again = subscribe(CLUSTER, "orders");

    assertThat(again.told).containsExactly("pending");
    assertThat(request().getResourceNamesSubscribeList()).containsExactly("orders");
  }

  @Test
  void whatAWatcherAsksForInConsequenceRidesOnTheAck() {
    client.subscribe(
        CLUSTER,
        "orders",
        state -> {
          if (state instanceof ResourceState.Present) {
            client.subscribe(CLUSTER, "orders-v2", new Recorder());
          }
        });
    request();

    stream.give("orders", "1", cluster("orders"));

    var request = request();
    assertThat(request.getResponseNonce()).isEqualTo("1");
    assertThat(request.getResourceNamesSubscribeList()).containsExactly("orders-v2");
  }

  // ---- what is answered ----

  @Test
  void aNewWatcherIsToldWhatIsKnown() {
    subscribe(CLUSTER, "orders");
    request();
    stream.give("orders", "1", cluster("orders"));
    harness.answer(stream, CLUSTER);

    assertThat(subscribe(CLUSTER, "orders").told).containsExactly("orders@1");
    harness.nothingComes(stream);
  }

  @Test
  void everyWatcherOfANameIsTold() {
    var first = subscribe(CLUSTER, "orders");
    var second = subscribe(CLUSTER, "orders");
    request();

    stream.give("orders", "1", cluster("orders"));
    harness.answer(stream, CLUSTER);

    assertThat(first.last()).isEqualTo("orders@1");
    assertThat(second.last()).isEqualTo("orders@1");
  }

  @Test
  void oneWatchersMistakeDoesNotKeepTheOthersFromKnowing() {
    client.subscribe(
        CLUSTER,
        "orders",
        state -> {
          if (state instanceof ResourceState.Present) {
            throw new Mistake();
          }
        });
    var other = subscribe(CLUSTER, "orders");
    request();

    stream.give("orders", "1", cluster("orders"));

    assertThat(harness.answer(stream, CLUSTER).hasErrorDetail()).isFalse();
    assertThat(other.last()).isEqualTo("orders@1");
  }

  /** Made on purpose; what it writes to the log is short. */
  private static final class Mistake extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Mistake() {
      super("made on purpose", null, false, false);
    }
  }

  @Test
  void removedResourcesReachTheWatcherOfTheNameAtOnce() {
    var watcher = subscribe(CLUSTER, "payments");
    request();

    stream.remove(CLUSTER.url(), "payments");
    harness.answer(stream, CLUSTER);

    assertThat(watcher.last()).isEqualTo("absent");
  }

  @Test
  void aLaterCreationIsTakenWithoutAskingAgain() {
    var watcher = subscribe(CLUSTER, "payments");
    request();
    stream.remove(CLUSTER.url(), "payments");
    harness.answer(stream, CLUSTER);

    stream.give("payments", "1", cluster("payments"));
    harness.answer(stream, CLUSTER);

    assertThat(watcher.told).containsExactly("pending", "absent", "payments@1");
  }

  @Test
  void afterMissingTheNameCanBeAskedAgain() {
    var subscription = client.subscribe(CLUSTER, "payments", new Recorder());
    request();
    stream.remove(CLUSTER.url(), "payments");
    harness.answer(stream, CLUSTER);
    subscription.close();
    request();

    var again = subscribe(CLUSTER, "payments");

    assertThat(request().getResourceNamesSubscribeList()).containsExactly("payments");
    stream.give("payments", "1", cluster("payments"));
    harness.answer(stream, CLUSTER);
    assertThat(again.last()).isEqualTo("payments@1");
  }

  @Test
  void resourceErrorsTellMissingAndDeniedApart() {
    var missing = subscribe(CLUSTER, "missing");
    var denied = subscribe(CLUSTER, "denied");
    request();

    stream.refuse(CLUSTER.url(), "missing", Code.NOT_FOUND_VALUE, "");
    stream.refuse(CLUSTER.url(), "denied", Code.PERMISSION_DENIED_VALUE, "not for web");
    harness.answer(stream, CLUSTER);
    harness.answer(stream, CLUSTER);

    assertThat(missing.last()).isEqualTo("absent");
    assertThat(denied.last()).isEqualTo("denied: not for web");
  }

  @Test
  void aPassingErrorOfTheServerChangesNothing() {
    var watcher = subscribe(CLUSTER, "orders");
    request();
    stream.give("orders", "1", cluster("orders"));
    harness.answer(stream, CLUSTER);

    stream.refuse(CLUSTER.url(), "orders", Code.UNAVAILABLE_VALUE, "busy");
    harness.answer(stream, CLUSTER);

    assertThat(watcher.last()).isEqualTo("orders@1");
  }

  @Test
  void aBadUpdateIsRejectedWithItsReasonAndTheLastGoodStays() {
    var watcher = subscribe(CLUSTER, "orders");
    request();
    stream.give("orders", "1", cluster("orders"));
    harness.answer(stream, CLUSTER);

    stream.give("orders", "2", badCluster("orders"));

    var nack = harness.answer(stream, CLUSTER);
    assertThat(nack.getResponseNonce()).isEqualTo("2");
    assertThat(nack.getErrorDetail().getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
    assertThat(nack.getErrorDetail().getMessage())
        .isEqualTo("'orders': type: only EDS is supported");
    assertThat(watcher.last()).isEqualTo("orders@1");
    assertThat(subscribe(CLUSTER, "orders").told).containsExactly("orders@1");
  }

  @Test
  void aBadResourceDoesNotCostTheGoodOnesOfItsResponse() {
    var orders = subscribe(CLUSTER, "orders");
    var users = subscribe(CLUSTER, "users");
    request();

    stream.send(
        stream
            .response(CLUSTER.url())
            .addResources(FakeXdsStream.resource("orders", "1", badCluster("orders")))
            .addResources(FakeXdsStream.resource("users", "1", cluster("users"))));

    assertThat(harness.answer(stream, CLUSTER).getErrorDetail().getMessage())
        .contains("orders")
        .doesNotContain("users");
    assertThat(orders.last()).isEqualTo("pending");
    assertThat(users.last()).isEqualTo("users@1");
  }

  @Test
  void duplicateNamesInOneResponseAreRejectedAltogether() {
    var watcher = subscribe(CLUSTER, "orders");
    request();

    stream.send(
        stream
            .response(CLUSTER.url())
            .addResources(FakeXdsStream.resource("orders", "1", cluster("orders")))
            .addResources(FakeXdsStream.resource("orders", "2", cluster("orders"))));

    assertThat(harness.answer(stream, CLUSTER).getErrorDetail().getMessage())
        .contains("'orders'", "twice");
    assertThat(watcher.last()).isEqualTo("pending");
  }

  @Test
  void aNameBothGivenAndRemovedIsRejected() {
    var watcher = subscribe(CLUSTER, "orders");
    request();

    stream.send(
        stream
            .response(CLUSTER.url())
            .addResources(FakeXdsStream.resource("orders", "1", cluster("orders")))
            .addRemovedResources("orders"));

    assertThat(harness.answer(stream, CLUSTER).hasErrorDetail()).isTrue();
    assertThat(watcher.last()).isEqualTo("pending");
  }

  @Test
  void aResourceOfTheWrongTypeIsRejected() {
    subscribe(LISTENER, "orders");
    request();

    stream.send(
        stream
            .response(LISTENER.url())
            .addResources(FakeXdsStream.resource("orders", "1", cluster("orders"))));

    assertThat(harness.answer(stream, LISTENER).getErrorDetail().getMessage())
        .contains(CLUSTER.url());
  }

  @Test
  void aResponseOfATypeNobodyAskedForIsRejectedAndTheStreamGoesOn() {
    subscribe(CLUSTER, "orders");
    request();

    stream.send(stream.response("type.googleapis.com/other.Type"));
    stream.give("orders", "1", cluster("orders"));

    var nack = request();
    assertThat(nack.getTypeUrl()).isEqualTo("type.googleapis.com/other.Type");
    assertThat(nack.hasErrorDetail()).isTrue();
    assertThat(harness.answer(stream, CLUSTER).hasErrorDetail()).isFalse();
  }

  @Test
  void aResourceThatNobodyWantsIsAcceptedAndNotKept() {
    subscribe(CLUSTER, "orders");
    request();

    stream.give("users", "1", cluster("users"));

    assertThat(harness.answer(stream, CLUSTER).hasErrorDetail()).isFalse();
    assertThat(subscribe(CLUSTER, "users").told).containsExactly("pending");
  }

  @Test
  void versionsMayBeEmpty() {
    var watcher = subscribe(CLUSTER, "orders");
    request();

    stream.give("orders", "", cluster("orders"));

    assertThat(harness.answer(stream, CLUSTER).hasErrorDetail()).isFalse();
    assertThat(watcher.last()).isEqualTo("orders@");
  }

  @Test
  void aHeartbeatChangesNothing() {
    var watcher = subscribe(CLUSTER, "orders");
    request();
    stream.give("orders", "1", cluster("orders"));
    harness.answer(stream, CLUSTER);

    stream.send(
        stream
            .response(CLUSTER.url())
            .addResources(Resource.newBuilder().setName("orders").setVersion("1")));

    assertThat(harness.answer(stream, CLUSTER).hasErrorDetail()).isFalse();
    assertThat(watcher.told).containsExactly("pending", "orders@1");
  }

  @Test
  void aResourceOutlivesItsTimeToLive() {
    var watcher = subscribe(CLUSTER, "orders");
    request();
    stream.send(
        stream
            .response(CLUSTER.url())
            .addResources(
                FakeXdsStream.resource("orders", "1", cluster("orders")).toBuilder()
                    .setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(1))));
    harness.answer(stream, CLUSTER);

    harness.clock.advance(java.time.Duration.ofMinutes(1));

    assertThat(watcher.last()).isEqualTo("orders@1"); // it was never promised to drop it
  }

  // ---- aliases ----

  @Test
  void aNameIsAnsweredThroughAnAlias() {
    var watcher = subscribe(CLUSTER, "240.240.0.5:6379");
    request();

    stream.give("redis.shop.mesh:6379", "1", cluster("redis"), "240.240.0.5:6379");
    harness.answer(stream, CLUSTER);

    assertThat(watcher.last()).isEqualTo("redis.shop.mesh:6379@1");
  }

  @Test
  void anUpdateUnderTheResourcesOwnNameReachesTheAlias() {
    var watcher = subscribe(CLUSTER, "240.240.0.5:6379");
    request();
    stream.give("redis", "1", cluster("redis"), "240.240.0.5:6379");
    harness.answer(stream, CLUSTER);

    stream.give("redis", "2", cluster("redis"));
    harness.answer(stream, CLUSTER);

    assertThat(watcher.last()).isEqualTo("redis@2");
  }

  @Test
  void removingTheResourceRemovesItForTheAlias() {
    var watcher = subscribe(CLUSTER, "240.240.0.5:6379");
    request();
    stream.give("redis", "1", cluster("redis"), "240.240.0.5:6379");
    harness.answer(stream, CLUSTER);

    stream.remove(CLUSTER.url(), "redis");
    harness.answer(stream, CLUSTER);

    assertThat(watcher.last()).isEqualTo("absent");
  }

  @Test
  void removingTheAliasRemovesIt() {
    var watcher = subscribe(CLUSTER, "240.240.0.5:6379");
    request();
    stream.give("redis", "1", cluster("redis"), "240.240.0.5:6379");
    harness.answer(stream, CLUSTER);

    stream.remove(CLUSTER.url(), "240.240.0.5:6379");
    harness.answer(stream, CLUSTER);

    assertThat(watcher.last()).isEqualTo("absent");
  }
}
