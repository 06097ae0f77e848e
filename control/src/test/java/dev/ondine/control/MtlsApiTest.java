package dev.ondine.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ondine.base.time.Ticker;
import dev.ondine.proto.v1.WorkloadStatus.Census;
import dev.ondine.proto.v1.WorkloadStatus.PlaintextCaller;
import dev.ondine.proto.v1.WorkloadStatus.ProvenCaller;
import dev.ondine.proto.v1.WorkloadStatus.State;
import dev.ondine.testkit.ManualClock;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The census, from the sidecars' reports to the admin API. */
@Timeout(60)
class MtlsApiTest {
  private final ManualClock clock = new ManualClock();
  private final ControlPlane control;
  private final ManagedChannel channel;

  MtlsApiTest(@TempDir Path folder) throws Exception {
    var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    control =
        ControlPlane.start(
            new ControlSettings(
                List.of(anywhere), anywhere, folder.resolve("control.db"), Optional.empty()),
            clock.clock(),
            Ticker.system());
    channel = NettyChannelBuilder.forAddress(control.xds().getFirst()).usePlaintext().build();
  }

  @AfterEach
  void end() {
    channel.shutdownNow();
    control.close();
  }

  private static Census census() {
    return Census.newBuilder()
        .setMtls("permissive")
        .setWatchedMs(Duration.ofMinutes(30).toMillis())
        .addPlaintext(
            PlaintextCaller.newBuilder()
                .setAddress("10.0.0.9")
                .setPort(80)
                .setConnections(2)
                .setRequests(7)
                .setAgeMs(60_000))
        .addProven(
            ProvenCaller.newBuilder()
                .setIdentity("spiffe://mesh.local/ns/shop/sa/web")
                .setConnections(1)
                .setRequests(40))
        .build();
  }

  @Test
  void whoCallsInTheClearIsToldByAgeUntilTheWindowHasPassed() throws Exception {
    new AttachedWorkload(channel, "web", "web-0", "10.0.0.9").send(State.READY);
    var orders = new AttachedWorkload(channel, "orders", "orders-0", "10.0.0.1").census(census());
    assertThat(orders.send(State.READY).getError()).isEmpty();

    var service = service("orders", "?namespace=shop");
    assertThat(service.path("plaintext"))
        .isEqualTo(
            json(
                """
                [{"address": "10.0.0.9", "names": ["web-0.shop"], "workload": "orders-0.shop",
                  "port": 80, "connections": 2, "requests": 7,
                  "lastSeen": "2025-12-31T23:59:00Z", "ageSeconds": 60, "blocks": true}]
                """));
    assertThat(service.path("proven").path(0).path("requests").asInt()).isEqualTo(40);
    assertThat(service.path("safe").asBoolean()).isFalse();
    assertThat(get("/metrics"))
        .contains("ondine_mtls_plaintext_callers{namespace=\"shop\"} 1.0")
        .contains("ondine_mtls_workloads_without_identity{namespace=\"shop\"} 1.0")
        .contains("ondine_mtls_services_not_safe{namespace=\"shop\"} 2.0");

    orders.noCensus().send(State.READY);
    assertThat(service("orders", "?window=30s").path("safe").asBoolean()).isTrue();
    clock.leap(Duration.ofMinutes(10));
    assertThat(service("orders", "").path("safe").asBoolean()).isTrue();
    assertThat(service("orders", "").path("plaintext")).hasSize(1);

    orders.send(State.GONE);
    new AttachedWorkload(channel, "orders", "orders-0", "10.0.0.1")
        .census(Census.getDefaultInstance())
        .noCensus()
        .send(State.READY);
    assertThat(service("orders", "").path("blockers").path(0).asText())
        .isEqualTo("orders-0.shop has not told yet who calls it");
  }

  @Test
  void aReportIsTakenOnlyWithARegistration() throws Exception {
    new AttachedWorkload(channel, "orders", "orders-0", "10.0.0.1")
        .census(Census.getDefaultInstance())
        .send(State.READY);
    var other = new AttachedWorkload(channel, "orders", "orders-0", "10.0.0.2").census(census());
    assertThat(other.send(State.READY).getError()).contains("orders-0.shop is taken");

    assertThat(service("orders", "").path("plaintext")).isEmpty();
  }

  @Test
  void wrongWishesAreRefusedWithWhatIsAllowed() throws Exception {
    assertThat(get("/v1/mtls?window=soon")).contains("'soon' is not a duration");
    assertThat(get("/v1/mtls?window=61m")).contains("allowed: up to 1h");
    assertThat(post("{\"mtls\":\"strict\"}")).startsWith("400 ").contains("namespace is missing");
    assertThat(post("{\"namespace\":\"shop\",\"mtls\":\"off\"}"))
        .startsWith("400 ")
        .contains("mtls: 'off' (allowed: strict, permissive)");
    assertThat(post("{\"namespace\":\"shop\",\"mtls\":\"strict\",\"service\":\"orders\"}"))
        .startsWith("409 ")
        .contains("orders.shop does not become strict")
        .contains("there is no service orders in namespace shop")
        .contains("control gives out no identities");
    assertThat(control.registry().documents()).isEmpty();
  }

  private JsonNode service(String name, String query) throws Exception {
    return json(get("/v1/mtls" + query))
        .path("services")
        .valueStream()
        .filter(one -> one.path("service").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode json(String text) throws Exception {
    return new JsonMapper().readTree(text);
  }

  private String get(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).build()).body();
  }

  private String post(String body) throws Exception {
    var request =
        HttpRequest.newBuilder(uri("/v1/mtls"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    var answer = send(request);
    return answer.statusCode() + " " + answer.body();
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(request, BodyHandlers.ofString());
    }
  }

  private URI uri(String path) {
    return URI.create("http://" + ControlPlane.text(control.admin()) + path);
  }
}
