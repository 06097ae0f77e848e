package dev.ondine.it.mesh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.control.ca.CaSettings;
import dev.ondine.control.policy.DocumentReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sidecars that prove who they are: to control, and to each other. */
class IdentityTest {
  @TempDir Path folder;

  private MeshHarness mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = MeshHarness.withIdentity(folder, CaSettings.DEFAULTS);
  }

  @AfterEach
  void stopAll() {
    mesh.close();
  }

  private RunningSidecar orders() throws IOException {
    return mesh.workload("orders", "orders-0", mesh.backend("orders").port());
  }

  private void demand(String mtls) {
    mesh.registry()
        .apply(
            new DocumentReader()
                .read(
                    "test",
                    """
                    apiVersion: mesh.ondine.dev/v1
                    kind: MeshIdentity
                    metadata: {name: all}
                    spec: {mtls: %s}
                    """
                        .formatted(mtls)));
  }

  private static double figure(RunningSidecar sidecar, String name, String... labels)
      throws Exception {
    return sidecar
        .admin("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .filter(line -> java.util.Arrays.stream(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void aRequestGoesByMutualTls() throws Exception {
    var orders = orders();
    var web = mesh.caller("web");

    var answer = web.get("http://orders/");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("orders");
    assertThat(figure(orders, "ondine_mtls_handshakes_total", "inbound", "completed")).isPositive();
    assertThat(figure(web, "ondine_mtls_handshakes_total", "outbound", "completed")).isPositive();
  }

  @Test
  void permissiveTakesPlaintextAndStrictDoesNot() throws Exception {
    var orders = orders();
    var web = mesh.caller("web");
    await().untilAsserted(() -> assertThat(inTheClear(orders)).startsWith("HTTP/1.1 200 "));

    demand("strict");

    await().untilAsserted(() -> assertThat(inTheClear(orders)).isEmpty());
    assertThat(web.get("http://orders/").statusCode()).isEqualTo(200);
  }

  @Test
  void whoDisablesItIsCalledInTheClear() throws Exception {
    var orders = orders();
    var web = mesh.caller("web");
    demand("disabled");
    await().untilAsserted(() -> assertThat(inTheClear(orders)).startsWith("HTTP/1.1 200 "));
    var before = figure(orders, "ondine_mtls_handshakes_total");

    await()
        .untilAsserted(
            () -> {
              assertThat(web.get("http://orders/").statusCode()).isEqualTo(200);
              assertThat(figure(orders, "ondine_mtls_handshakes_total")).isEqualTo(before);
            });
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

  @Test
  void theKeyIsInOneFileOfItsOwner() throws Exception {
    var orders = orders();
    var key = folder.resolve("orders-0.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    orders.close();
    mesh.stopControl();
    Files.deleteIfExists(folder.resolve("identity.sock"));
    mesh.restartControl();
    Files.deleteIfExists(folder.resolve("identity.sock"));

    // Nothing but the file proves it now.
    var again = mesh.workload("orders", "orders-0", mesh.backend("orders").port());

    assertThat(figure(again, "ondine_identity_requests_total")).isZero();
  }

  @Test
  void withoutAProofItSaysSo() throws Exception {
    mesh.stopControl();
    Files.deleteIfExists(folder.resolve("identity.sock"));

    var lost = mesh.sidecar("lost", "lost-0", java.util.List.of(), java.util.Map.of());

    await()
        .untilAsserted(
            () ->
                assertThat(lost.admin("/ready").body())
                    .contains("identity: ", "no socket of a control on this host"));
  }
}
