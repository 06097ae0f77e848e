package dev.ondine.it.mesh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ondine.control.ControlPlane;
import dev.ondine.control.ca.CaSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service becomes strict only when nobody calls it in the clear any more. */
class SafeStrictTest {
  /** Sidecars tell of their callers with heartbeats. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private MeshHarness mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = MeshHarness.withIdentity(folder, CaSettings.DEFAULTS);
  }

  @AfterEach
  void stopAll() {
    http.close(); // control waits for its connections
    mesh.close();
  }

  @Test
  void strictIsRefusedWhileSomebodyCallsInTheClearAndIsSafeAfterwards() throws Exception {
    var orders = mesh.workload("orders", "orders-0", mesh.backend("orders").port());
    var web = mesh.caller("web");
    assertThat(web.get("http://orders/").statusCode()).isEqualTo(200);
    await().untilAsserted(() -> assertThat(inTheClear(orders)).startsWith("HTTP/1.1 200 "));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var service = orders(send("GET", "?namespace=default", ""));
              assertThat(service.path("mtls").asText()).isEqualTo("permissive");
              assertThat(service.path("by").asText()).isEqualTo("default");
              assertThat(service.path("workloads").path("withIdentity").path(0).asText())
                  .isEqualTo("orders-0.default");
              var proven = service.path("proven").path(0);
              assertThat(proven.path("identity").asText())
                  .isEqualTo("spiffe://mesh.test/ns/default/sa/web");
              assertThat(proven.path("requests").asLong()).isPositive();
              var plaintext = service.path("plaintext").path(0);
              assertThat(plaintext.path("address").asText()).isEqualTo("127.0.0.1");
              assertThat(plaintext.path("names").toString()).contains("web-0.default");
              assertThat(plaintext.path("requests").asLong()).isPositive();
              assertThat(plaintext.path("blocks").asBoolean()).isTrue();
              assertThat(service.path("safe").asBoolean()).isFalse();
            });
    var refused = strict("10m");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body())
        .contains("default does not become strict")
        .contains("calls orders-0.default:")
        .contains("in the clear");
    assertThat(inTheClear(orders)).as("nothing was changed").startsWith("HTTP/1.1 200 ");

    // A window that lies behind us, so that the test need not wait for ten minutes.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var answer = strict("1s");
              assertThat(answer.body()).contains("MeshIdentity/default/all-services");
              assertThat(answer.statusCode()).isEqualTo(200);
            });

    await().untilAsserted(() -> assertThat(inTheClear(orders)).isEmpty());
    assertThat(web.get("http://orders/").statusCode()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var service = orders(send("GET", "", ""));
              assertThat(service.path("mtls").asText()).isEqualTo("strict");
              assertThat(service.path("workloads").path("behind")).isEmpty();
            });
  }

  private HttpResponse<String> strict(String window) throws Exception {
    return send(
        "POST",
        "",
        "{\"namespace\":\"default\",\"mtls\":\"strict\",\"window\":\"%s\"}".formatted(window));
  }

  private HttpResponse<String> send(String method, String query, String body) throws Exception {
    var uri =
        URI.create("http://" + ControlPlane.text(mesh.control().admin()) + "/v1/mtls" + query);
    return http.send(
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static JsonNode orders(HttpResponse<String> answer) throws IOException {
    assertThat(answer.statusCode()).isEqualTo(200);
    return new JsonMapper().readTree(answer.body()).path("services").path(0);
  }

  /** Without a proxy of its own, as somebody outside the mesh would; empty: broken off. */
  private static String inTheClear(RunningSidecar sidecar) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), sidecar.inboundPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (java.net.SocketException _) {
      return "";
    }
  }
}
