package dev.ondine.it.mesh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminPortTest {
  @TempDir Path folder;

  private MeshHarness mesh;
  private RunningSidecar sidecar;

  @BeforeEach
  void startSidecar() throws Exception {
    mesh = new MeshHarness(folder);
    sidecar = mesh.caller("web");
  }

  @AfterEach
  void stopAll() {
    mesh.close();
  }

  @Test
  void pageOfAnotherSiteCannotReadIt() throws Exception {
    assertThat(ask("GET /ready", "evil.example")).startsWith("HTTP/1.1 403 ");
    assertThat(ask("GET /ready", "localhost:1")).startsWith("HTTP/1.1 200 ");
    assertThat(ask("GET /ready", "[::1]:1")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void nothingCanBeChangedByIt() throws Exception {
    assertThat(ask("POST /ready", "localhost")).startsWith("HTTP/1.1 405 ");
  }

  @Test
  void whoAsksForAnotherPageIsToldWhichThereAre() throws Exception {
    var answer = ask("GET /config_dump", "localhost");

    assertThat(answer).startsWith("HTTP/1.1 404 ").contains("/discovery, /info, /metrics, /ready");
  }

  @Test
  void metricsCarryTheNamesThatDashboardsKnow() throws Exception {
    mesh.workload("orders", "orders-0", mesh.backend("orders-0").port());
    sidecar.get("http://orders/");
    sidecar.get("http://nobody/");

    assertThat(sidecar.admin("/metrics").body())
        .contains("istio_requests_total{")
        .contains("destination_service=\"orders.default.mesh\"")
        .contains("response_code=\"404\",response_flags=\"no_such_service\"")
        .contains("istio_request_duration_milliseconds_bucket")
        .contains("ondine_discovery_wait_seconds_count")
        .doesNotContain("nobody");
  }

  private String ask(String line, String host) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), sidecar.adminPort())) {
      var request =
          line
              + " HTTP/1.1\r\nHost: "
              + host
              + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }
}
