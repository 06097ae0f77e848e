package dev.ondine.control;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ondine.base.time.Ticker;
import dev.ondine.control.policy.DocumentReader;
import dev.ondine.proto.v1.WorkloadStatus.State;
import dev.ondine.xds.codec.ResourceType;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole control plane, as sidecars see it on the wire. */
class ControlPlaneTest {
  private static final String ORDERS = "orders.shop.mesh";

  @TempDir private Path folder;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<ControlPlane> planes = new ArrayList<>();

  @AfterEach
  void end() {
    channels.forEach(ManagedChannel::shutdownNow);
    planes.forEach(ControlPlane::close);
  }

  @Test
  void workloadsRegisterAndWhoDemandedTheirServiceSeesThem() throws Exception {
    var channel = channel(control());
    var probe = new DeltaProbe(channel, "front-0", "front", "shop");
    probe.demand(ORDERS);
    probe.awaitAbsent(ResourceType.ENDPOINTS, ORDERS);

    var first = new AttachedWorkload(channel, "orders", "orders-0", "10.0.0.1");
    assertThat(first.send(State.READY))
        .satisfies(lease -> assertThat(lease.getError()).isEmpty())
        .satisfies(lease -> assertThat(lease.getWorkload()).isEqualTo("orders-0.orders.shop.mesh"))
        .satisfies(lease -> assertThat(lease.getTtlSeconds()).isEqualTo(15));
    new AttachedWorkload(channel, "orders", "orders-1", "10.0.0.2").send(State.READY);

    awaitEndpoints(probe, "10.0.0.1 HEALTHY", "10.0.0.2 HEALTHY");
    for (var type : ResourceType.OF_A_SERVICE) {
      probe.awaitHeld(type, ORDERS, _ -> true);
    }

    first.send(State.LAME_DUCK);
    awaitEndpoints(probe, "10.0.0.1 DRAINING", "10.0.0.2 HEALTHY");
    first.send(State.GONE);
    awaitEndpoints(probe, "10.0.0.2 HEALTHY");
    assertThat(first.hasEnded()).isTrue();
  }

  @Test
  void theNameOfALiveWorkloadIsNotTakenByAnother() throws Exception {
    var channel = channel(control());
    new AttachedWorkload(channel, "orders", "orders-0", "10.0.0.1").send(State.READY);
    var probe = new DeltaProbe(channel, "front-0", "front", "shop");
    probe.demand(ORDERS);

    var other = new AttachedWorkload(channel, "orders", "orders-0", "10.0.0.2");
    assertThat(other.send(State.READY).getError())
        .contains("orders-0.shop is taken")
        .contains("10.0.0.1")
        .contains("15 s");
    other.send(State.GONE);
    awaitEndpoints(probe, "10.0.0.1 HEALTHY");
    assertThat(
            new AttachedWorkload(channel, "orders", "orders-1", "orders.example")
                .send(State.READY)
                .getError())
        .contains("'orders.example' is not an IP address");
  }

  @Test
  void aRestartLosesNeitherDocumentsNorWorkloadsNorVirtualIps() throws Exception {
    var control = control();
    var yaml =
        """
        apiVersion: mesh.ondine.dev/v1
        kind: Service
        metadata: {name: ledger, namespace: billing}
        spec:
          ports: [{port: 9000, protocol: grpc}]
        """;
    control.registry().apply(new DocumentReader().read("ledger.yaml", yaml));
    new AttachedWorkload(channel(control), "orders", "orders-0", "10.0.0.1").send(State.READY);
    var services = List.copyOf(control.registry().world().services());
    var documents = control.registry().documents();
    assertThat(services).hasSize(2).allMatch(s -> s.service().virtualIp().isPresent());
    control.close();

    var again = control();
    assertThat(again.registry().world().services()).containsExactlyElementsOf(services);
    assertThat(again.registry().documents()).isEqualTo(documents);
    var channel = channel(again);
    var probe = new DeltaProbe(channel, "front-0", "front", "shop");
    probe.demand(ORDERS);
    awaitEndpoints(probe, "10.0.0.1 HEALTHY");
    // The workload itself comes back within its time to live, and nothing changes.
    var orders = new AttachedWorkload(channel, "orders", "orders-0", "10.0.0.1");
    assertThat(orders.send(State.READY).getError()).isEmpty();
    assertThat(again.registry().world().services()).containsExactlyElementsOf(services);
  }

  @Test
  void aTakenPortIsNamedByItsFlagAndNothingIsLeftRunning() throws Exception {
    var first = control();
    var taken =
        new ControlSettings(
            List.of(loopback(0), first.xds().getFirst()),
            loopback(0),
            folder.resolve("other.db"),
            Optional.empty());
    assertThatThrownBy(() -> ControlPlane.start(taken, InstantSource.system(), Ticker.system()))
        .isInstanceOf(ControlStartException.class)
        .hasMessageStartingWith("--xds: cannot listen on 127.0.0.1:")
        .hasMessageContaining(String.valueOf(first.xds().getFirst().getPort()));
    // The store was let go again.
    var settings =
        new ControlSettings(
            List.of(loopback(0)), loopback(0), folder.resolve("other.db"), Optional.empty());
    planes.add(ControlPlane.start(settings, InstantSource.system(), Ticker.system()));

    assertThatThrownBy(this::control)
        .isInstanceOf(ControlStartException.class)
        .hasMessageStartingWith("--store: ")
        .hasMessageContaining("in use by another control plane");
    var damaged = Files.writeString(folder.resolve("damaged.db"), "no store".repeat(100));
    assertThatThrownBy(() -> control(damaged))
        .isInstanceOf(ControlStartException.class)
        .hasMessageStartingWith("--store: ")
        .hasMessageContaining("damaged.db");
  }

  @Test
  void itListensAtEveryAddressGiven() throws Exception {
    var settings =
        new ControlSettings(
            List.of(loopback(0), new InetSocketAddress("0.0.0.0", 0)),
            loopback(0),
            folder.resolve("control.db"),
            Optional.empty());
    var control = ControlPlane.start(settings, InstantSource.system(), Ticker.system());
    planes.add(control);

    assertThat(control.xds()).hasSize(2);
    new AttachedWorkload(channel(control.xds().get(0)), "orders", "orders-0", "10.0.0.1")
        .send(State.READY);
    var everywhere = loopback(control.xds().get(1).getPort());
    var probe = new DeltaProbe(channel(everywhere), "front-0", "front", "shop");
    probe.demand(ORDERS);
    awaitEndpoints(probe, "10.0.0.1 HEALTHY");
  }

  @Test
  void theAdminApiShowsWhatEachSidecarSubscribesToAndSaidToIt() throws Exception {
    var control = control();
    var channel = channel(control);
    new AttachedWorkload(channel, "orders", "orders-0", "10.0.0.1").send(State.READY);
    var probe = new DeltaProbe(channel, "front-0", "front", "shop");
    probe.refuse(ResourceType.CLUSTER, "no such balancing");
    probe.demand(ORDERS);
    probe.awaitHeld(ResourceType.ENDPOINTS, ORDERS, _ -> true);
    probe.awaitHeld(ResourceType.CLUSTER, ORDERS, _ -> true);
    probe.demand("payment.shop.mesh");

    await()
        .atMost(10, SECONDS)
        .untilAsserted(
            () -> {
              var sidecar = get(control, "sidecars").path("sidecars").path(0);
              assertThat(sidecar.path("node").asText()).isEqualTo("front-0.shop");
              assertThat(sidecar.path("protocol").asText()).isEqualTo("delta");
              var endpoints = sidecar.path("types").path("endpoints");
              var held = endpoints.path("subscriptions").path(0);
              assertThat(held.path("name").asText()).isEqualTo(ORDERS);
              assertThat(held.path("status").asText()).isEqualTo("sent");
              assertThat(held.path("acked")).isEqualTo(held.path("sent"));
              assertThat(held.path("sent").asText()).isNotEmpty();
              assertThat(endpoints.path("subscriptions").path(1).path("status").asText())
                  .isEqualTo("absent");
              var clusters = sidecar.path("types").path("cluster");
              assertThat(clusters.path("rejected").asText()).isEqualTo("no such balancing");
              assertThat(clusters.path("subscriptions").path(0).has("acked")).isFalse();
            });
    var service = get(control, "services").path("services").path(0);
    assertThat(service.path("host").asText()).isEqualTo(ORDERS);
    assertThat(service.path("declared").asBoolean()).isFalse();
    assertThat(service.path("workloads").path("ready").asInt()).isEqualTo(1);
    var workload = get(control, "workloads").path("workloads").path(0);
    assertThat(workload.path("address").asText()).isEqualTo("10.0.0.1");
    assertThat(workload.path("leased").asBoolean()).isTrue();
    assertThat(get(control, "status").path("sidecars").asInt()).isEqualTo(1);
  }

  @Test
  void whoHasNoSidecarRegistersByTheAdminApi() throws Exception {
    var control = control();
    var path = "workloads/shop/orders-0";
    var body =
        "{\"service\":\"orders\",\"address\":\"10.0.0.1\",\"ports\":[{\"port\":80,\"protocol\":\"http\"}]}";
    assertThat(send(control, "PUT", path, body))
        .isEqualTo("200 {\"workload\":\"orders-0.orders.shop.mesh\",\"ttlSeconds\":15}\n");
    assertThat(send(control, "PUT", path, "")).startsWith("200 ");
    assertThat(send(control, "PUT", path + "?state=LAME_DUCK", "")).startsWith("200 ");
    var workload = get(control, "workloads").path("workloads").path(0);
    assertThat(workload.path("state").asText()).isEqualTo("LAME_DUCK");
    assertThat(workload.path("sidecar").asBoolean()).isFalse();
    assertThat(send(control, "PUT", path, body.replace("10.0.0.1", "10.0.0.2")))
        .startsWith("409 ")
        .contains("orders-0.shop is taken");
    assertThat(send(control, "PUT", path, body.replace("http", "htpp")))
        .startsWith("422 ")
        .contains("ports[0].protocol");
    assertThat(send(control, "DELETE", path, "")).startsWith("200 ");
    assertThat(send(control, "DELETE", path, "")).startsWith("404 ");
    assertThat(send(control, "PUT", path, "")).startsWith("404 ");
  }

  private static String send(ControlPlane control, String method, String path, String body)
      throws Exception {
    var uri = URI.create("http://" + ControlPlane.text(control.admin()) + "/v1/" + path);
    var request = HttpRequest.newBuilder(uri).method(method, BodyPublishers.ofString(body));
    try (var http = HttpClient.newHttpClient()) {
      var answer = http.send(request.build(), BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    }
  }

  private static JsonNode get(ControlPlane control, String what) throws Exception {
    var uri = URI.create("http://" + ControlPlane.text(control.admin()) + "/v1/" + what);
    try (var http = HttpClient.newHttpClient()) {
      var answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      return new JsonMapper().readTree(answer.body());
    }
  }

  private ControlPlane control() throws ControlStartException {
    return control(folder.resolve("control.db"));
  }

  private ControlPlane control(Path store) throws ControlStartException {
    var settings = new ControlSettings(List.of(loopback(0)), loopback(0), store, Optional.empty());
    var control = ControlPlane.start(settings, InstantSource.system(), Ticker.system());
    planes.add(control);
    return control;
  }

  private ManagedChannel channel(ControlPlane control) {
    return channel(control.xds().getFirst());
  }

  private ManagedChannel channel(InetSocketAddress address) {
    var channel = NettyChannelBuilder.forAddress(address).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static void awaitEndpoints(DeltaProbe probe, String... endpoints) {
    probe.awaitHeld(
        ResourceType.ENDPOINTS, ORDERS, resource -> endpoints(resource).equals(List.of(endpoints)));
  }

  private static List<String> endpoints(Resource resource) {
    try {
      return resource.getResource().unpack(ClusterLoadAssignment.class).getEndpointsList().stream()
          .flatMap(locality -> locality.getLbEndpointsList().stream())
          .map(ControlPlaneTest::text)
          .toList();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(LbEndpoint endpoint) {
    var address = endpoint.getEndpoint().getAddress().getSocketAddress().getAddress();
    var health = endpoint.getHealthStatus();
    return address + " " + (health == HealthStatus.UNKNOWN ? HealthStatus.HEALTHY : health);
  }
}
