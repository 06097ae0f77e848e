package dev.ondine.xds.client;

import static dev.ondine.xds.client.Harness.cluster;
import static dev.ondine.xds.codec.ResourceType.CLUSTER;
import static dev.ondine.xds.codec.ResourceType.ENDPOINTS;
import static dev.ondine.xds.codec.ResourceType.LISTENER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.testkit.xds.FakeXdsServer;
import dev.ondine.testkit.xds.FakeXdsStream;
import dev.ondine.xds.client.AdsClient.Subscription;
import dev.ondine.xds.transport.ChannelSettings;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.grpc.Status;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What outlives a stream, and how the next one begins. */
class ReconnectTest {
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private final Harness harness = new Harness();

  @AfterEach
  void stop() {
    harness.stop();
  }

  /** Waits until the client has noticed that its stream is gone. */
  private void untilDown() {
    harness.until(() -> !harness.isUp());
  }

  private FakeXdsStream open(FakeXdsServer server) {
    var stream = harness.stream(server);
    harness.until(harness::isUp);
    return stream;
  }

  /** The stream that the client opens after its longest possible first pause. */
  private FakeXdsStream reopen(FakeXdsServer server) {
    untilDown();
    harness.clock.advance(Duration.ofMillis(250));
    return open(server);
  }

  private static DeltaDiscoveryRequest has(
      DeltaDiscoveryRequest request, String... initialVersions) {
    assertThat(
            request.getInitialResourceVersionsMap().entrySet().stream()
                .map(entry -> entry.getKey() + "@" + entry.getValue()))
        .containsExactlyInAnyOrder(initialVersions);
    return request;
  }

  private Recorder orders(GrpcAdsClient client, FakeXdsStream stream) {
    var watcher = new Recorder();
    client.subscribe(CLUSTER, "orders", watcher);
    harness.request(stream, CLUSTER);
    stream.give("orders", "1", cluster("orders"));
    harness.answer(stream, CLUSTER);
    return watcher;
  }

  @Test
  void anOutageOfTheControlPlaneChangesNothing() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var watcher = orders(client, open(server));

    server.close();
    untilDown();
    harness.clock.advance(Duration.ofHours(1));

    assertThat(watcher.told).containsExactly("pending", "orders@1");
    var late = new Recorder();
    client.subscribe(CLUSTER, "orders", late);
    assertThat(late.told).containsExactly("orders@1");
  }

  @Test
  void everythingWantedIsSaidAgainWithTheVersionsThatAreHere() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var first = open(server);
    orders(client, first);
    client.subscribe(CLUSTER, "pending", new Recorder());
    harness.request(first, CLUSTER);
    client.subscribe(LISTENER, "orders", new Recorder());
    harness.request(first, LISTENER);
    first.fail(Status.UNAVAILABLE);

    var second = reopen(server);

    var clusters = has(harness.request(second, CLUSTER), "orders@1");
    assertThat(clusters.getResourceNamesSubscribeList())
        .containsExactlyInAnyOrder("orders", "pending");
    assertThat(clusters.hasNode()).isTrue();
    assertThat(clusters.getResponseNonce()).isEmpty();
    var listeners = has(harness.request(second, LISTENER));
    assertThat(listeners.getResourceNamesSubscribeList()).containsExactly("orders");
    harness.nothingComes(second);
  }

  @Test
  void initialVersionsAreOnlyInATypesFirstRequestAfterAReconnect() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var first = open(server);
    orders(client, first);
    first.complete();
    var second = reopen(server);
    has(harness.request(second, CLUSTER), "orders@1");

    client.subscribe(CLUSTER, "users", new Recorder());

    has(harness.request(second, CLUSTER));
  }

  @Test
  void aTypeWithoutNamesIsNotOpenedAgain() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var first = open(server);
    var subscription = client.subscribe(CLUSTER, "orders", new Recorder());
    harness.request(first, CLUSTER);
    subscription.close();
    harness.request(first, CLUSTER);
    first.fail(Status.UNAVAILABLE);

    var second = reopen(server);

    harness.nothingComes(second); // an empty first request would mean everything
  }

  @Test
  void whatWasSubscribedWhileTheStreamWasDownIsSaidWhenItIsUp() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    open(server).fail(Status.UNAVAILABLE);
    untilDown();

    client.subscribe(ENDPOINTS, "orders", new Recorder());
    client.subscribe(ENDPOINTS, "users", new Recorder()).close();
    var second = reopen(server);

    assertThat(harness.request(second, ENDPOINTS).getResourceNamesSubscribeList())
        .containsExactly("orders");
  }

  @Test
  void anUnsubscribeBeforeTheLossIsNotRepeated() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var first = open(server);
    var subscription = client.subscribe(CLUSTER, "orders", new Recorder());
    client.subscribe(CLUSTER, "users", new Recorder());
    harness.request(first, CLUSTER);
    first.fail(Status.UNAVAILABLE);
    untilDown();
    subscription.close();

    var second = reopen(server);

    var request = harness.request(second, CLUSTER);
    assertThat(request.getResourceNamesSubscribeList()).containsExactly("users");
    assertThat(request.getResourceNamesUnsubscribeList()).isEmpty();
  }

  @Test
  void aResyncThatWasNotAnsweredIsNotTakenForKnown() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var first = open(server);
    var subscriptions = new java.util.ArrayList<Subscription>();
    subscriptions.add(client.subscribe(CLUSTER, "orders", new Recorder()));
    harness.request(first, CLUSTER);
    first.give("orders", "1", cluster("orders"));
    harness.answer(first, CLUSTER);
    subscriptions.getFirst().resync();
    harness.request(first, CLUSTER);
    first.fail(Status.UNAVAILABLE);

    var second = reopen(server);

    has(harness.request(second, CLUSTER)); // without the version, so the server must send it
  }

  @Test
  void whatVanishedMeanwhileBecomesAbsent() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var first = open(server);
    var watcher = orders(client, first);
    first.fail(Status.UNAVAILABLE);
    var second = reopen(server);
    harness.request(second, CLUSTER);

    second.remove(CLUSTER.url(), "orders");
    harness.answer(second, CLUSTER);

    assertThat(watcher.last()).isEqualTo("absent");
  }

  @Test
  void aRestartedServerIsFoundAgain() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    orders(client, open(server));
    server.close();
    untilDown();

    var restarted = harness.restart(server);
    harness.clock.advance(harness.pauseAfterFailure(1));
    var second = open(restarted);

    has(harness.request(second, CLUSTER), "orders@1");
  }

  @Test
  void theOptionDeclinesTheWildcardInEachTypesFirstRequest() throws Exception {
    var server = harness.server();
    var defaults = Harness.settings(server);
    var client =
        harness.connect(
            new AdsClientSettings(
                defaults.servers(),
                defaults.node(),
                defaults.security(),
                true,
                defaults.channel(),
                defaults.silence(),
                defaults.firstBackoff(),
                defaults.maxBackoff()));
    var stream = open(server);

    client.subscribe(CLUSTER, "orders", new Recorder());
    client.subscribe(LISTENER, "orders", new Recorder());

    for (var type : List.of(CLUSTER, LISTENER)) {
      var request = harness.request(stream, type);
      assertThat(request.getResourceNamesSubscribeList()).containsExactly("*", "orders");
      assertThat(request.getResourceNamesUnsubscribeList()).containsExactly("*");
    }
    client.subscribe(CLUSTER, "users", new Recorder());
    var later = harness.request(stream, CLUSTER);
    assertThat(later.getResourceNamesSubscribeList()).containsExactly("users");
    assertThat(later.getResourceNamesUnsubscribeList()).isEmpty();
  }

  // ---- servers ----

  @Test
  void theNextServerIsTriedAtOnce() throws Exception {
    var dead = harness.server();
    var alive = harness.server();
    dead.close();

    harness.connect(dead, alive);

    open(alive);
    assertThat(harness.clock.elapsed()).isZero();
    assertThat(harness.stream.getFirst()).contains("not connected yet");
    assertThat(harness.stream.get(1)).startsWith("down: 127.0.0.1:" + dead.port());
  }

  @Test
  void whenAServerDiesTheOtherOneTakesOver() throws Exception {
    var one = harness.server();
    var two = harness.server();
    var client = harness.connect(one, two);
    orders(client, open(one));

    one.close();
    var second = reopen(two);

    has(harness.request(second, CLUSTER), "orders@1");
  }

  @Test
  void pausesGrowWithEachFailureUpToABoundAndAreJittered() throws Exception {
    var dead = harness.server();
    dead.close();
    harness.connect(dead);

    var bound = Duration.ofMillis(250);
    for (var failure = 1; failure < 10; failure++) {
      var pause = harness.pauseAfterFailure(failure);
      assertThat(pause).isBetween(bound.dividedBy(2), bound).isNotEqualTo(bound);
      harness.clock.advance(pause);
      bound = Collections.min(List.of(bound.multipliedBy(2), Duration.ofSeconds(5)));
    }
  }

  @Test
  void aSuccessEndsTheGrowthOfPauses() throws Exception {
    var server = harness.server();
    server.close();
    var client = harness.connect(server);
    for (var failure = 1; failure < 6; failure++) {
      harness.clock.advance(harness.pauseAfterFailure(failure));
    }
    var long6 = harness.pauseAfterFailure(6);
    assertThat(long6).isGreaterThan(Duration.ofSeconds(2));
    var restarted = harness.restart(server);
    harness.clock.advance(long6);
    var stream = open(restarted);
    orders(client, stream);

    stream.fail(Status.UNAVAILABLE);

    assertThat(harness.pauseAfterFailure(7)).isLessThanOrEqualTo(Duration.ofMillis(250));
  }

  @Test
  void aStreamThatFailsAtOnceIsNoSuccess() throws Exception {
    var server = harness.server();
    harness.connect(server);
    open(server).fail(Status.UNIMPLEMENTED);
    harness.clock.advance(harness.pauseAfterFailure(1));

    open(server).fail(Status.UNIMPLEMENTED);

    assertThat(harness.pauseAfterFailure(2)).isGreaterThanOrEqualTo(Duration.ofMillis(250));
  }

  @Test
  void aStreamThatLastedIsASuccessEvenIfNothingWasSaid() throws Exception {
    var server = harness.server();
    harness.connect(server);
    open(server).fail(Status.UNAVAILABLE);
    harness.clock.advance(harness.pauseAfterFailure(1));
    var second = open(server);
    harness.clock.advance(Duration.ofSeconds(10));

    second.fail(Status.UNAVAILABLE);

    assertThat(harness.pauseAfterFailure(2)).isLessThanOrEqualTo(Duration.ofMillis(250));
  }

  // ---- silence ----

  @Test
  void aSilentStreamIsClosedAndReopened() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var first = open(server);
    client.subscribe(CLUSTER, "orders", new Recorder());
    harness.request(first, CLUSTER);

    harness.clock.advance(SILENCE);

    untilDown();
    assertThat(harness.stream.getLast()).contains("no answer within 15 s");
    harness.until(first::ended);
    assertThat(harness.request(reopen(server), CLUSTER).getResourceNamesSubscribeList())
        .containsExactly("orders");
  }

  @Test
  void aStreamOnWhichNothingIsDueMayBeSilent() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var stream = open(server);
    orders(client, stream);

    harness.clock.advance(Duration.ofHours(1));

    assertThat(harness.isUp()).isTrue();
  }

  @Test
  void afterAReconnectWithEqualVersionsTheServerMayBeSilent() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var first = open(server);
    orders(client, first);
    first.fail(Status.UNAVAILABLE);
    var second = reopen(server);
    has(harness.request(second, CLUSTER), "orders@1");

    harness.clock.advance(Duration.ofHours(1));

    assertThat(harness.isUp()).isTrue();
  }

  @Test
  void aServerThatLeavesOneNameOpenForEverIsNotLeftOverAndOver() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var stream = open(server);
    client.subscribe(CLUSTER, "nobody-knows", new Recorder());
    harness.request(stream, CLUSTER);
    harness.clock.advance(SILENCE);
    reopen(server);

    harness.clock.advance(SILENCE);
    assertThat(harness.isUp()).as("the second time it is given twice as long").isTrue();
    harness.clock.advance(SILENCE);
    untilDown();
  }

  @Test
  void aServerThatAcceptsAndSaysNothingIsGivenUp() throws Exception {
    try (var mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      harness.connect(
          AdsClientSettings.of(
              List.of(Harness.address(mute.getLocalPort())),
              Harness.NODE,
              new dev.ondine.xds.transport.ChannelSecurity.Plaintext()));
      harness.until(() -> harness.clock.timers() == 1);

      harness.clock.advance(ChannelSettings.DEFAULTS.connectTimeout());

      assertThat(harness.stream.getLast()).contains("no connection within 5000 ms");
    }
  }

  // ---- the end ----

  @Test
  void stopEndsTheStreamAndStaysStopped() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var stream = open(server);

    client.stop();

    harness.until(stream::ended);
    harness.clock.advance(Duration.ofHours(1));
    assertThat(server.pollStream()).isNull();
    assertThat(harness.clock.timers()).isZero();
  }

  @Test
  void theFiguresAreThere() throws Exception {
    var server = harness.server();
    var client = harness.connect(server);
    var stream = open(server);
    orders(client, stream);
    stream.give("orders", "2", Harness.badCluster("orders"));
    harness.answer(stream, CLUSTER);

    assertThat(harness.metrics.scrape())
        .contains(
            "ondine_xds_client_connected 1.0",
            "ondine_xds_client_connects_total{result=\"ok\"} 1.0",
            "ondine_xds_client_subscriptions{type=\"cluster\"} 1.0",
            "ondine_xds_client_responses_total{answer=\"nack\",type=\"cluster\"} 1.0",
            "ondine_xds_client_responses_total{answer=\"ack\",type=\"cluster\"} 1.0");
  }
}
