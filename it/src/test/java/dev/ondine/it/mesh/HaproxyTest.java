package dev.ondine.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThatCode;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.ondine.testkit.process.Ports;
import dev.ondine.testkit.process.Programs;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real haproxy before a sidecar, which speaks for its clients by the PROXY protocol. */
class HaproxyTest {
  private static final InetAddress CLIENT = InetAddress.ofLiteral("127.0.0.9");

  @TempDir Path folder;

  private MeshHarness mesh;
  private RunningSidecar sidecar;
  private HttpServer workload;
  private String program = "";
  private @Nullable Process haproxy;
  private int port;

  @BeforeEach
  void start() throws Exception {
    assumeThatCode(() -> program = Programs.find("haproxy", "haproxy")).doesNotThrowAnyException();
    mesh = new MeshHarness(folder);
    workload = HttpServer.create(MeshHarness.loopback(0), 0);
    workload.createContext(
        "/",
        exchange -> {
          var from = String.valueOf(exchange.getRequestHeaders().getFirst("x-forwarded-for"));
          exchange.sendResponseHeaders(200, from.length());
          exchange.getResponseBody().write(from.getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    workload.start();
    sidecar = mesh.behindProxies("orders", workload.getAddress().getPort());
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (haproxy != null) {
      haproxy.destroyForcibly().waitFor();
    }
    if (workload != null) {
      workload.stop(0);
    }
    if (mesh != null) {
      mesh.close();
    }
  }

  private void haproxy(String serverOptions) throws IOException {
    port = Ports.free();
    var config =
        """
        defaults
          mode tcp
          timeout connect 5s
          timeout client 20s
          timeout server 20s
        listen orders
          bind 127.0.0.1:%d
          server sidecar 127.0.0.1:%d %s
        """
            .formatted(port, sidecar.inboundPort(), serverOptions);
    var file = Files.writeString(folder.resolve("haproxy.cfg"), config);
    haproxy =
        new ProcessBuilder(program, "-db", "-f", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("haproxy.log").toFile())
            .start();
    await()
        .ignoreExceptionsInstanceOf(ConnectException.class)
        .untilAsserted(() -> new Socket(InetAddress.getLoopbackAddress(), port).close());
  }

  /** The body of the answer to a GET from an address of its own. */
  private String get() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port, CLIENT, 0)) {
      socket.setSoTimeout(20_000);
      var request = "GET / HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  private String counted() throws Exception {
    return sidecar.admin("/metrics").body();
  }

  @Test
  void workloadSeesTheClientsOwnAddress() throws Exception {
    haproxy("send-proxy-v2");

    assertThat(get()).isEqualTo("127.0.0.9");
    assertThat(counted()).contains("result=\"proxied\"");
  }

  @Test
  void checksumAndOtherTlvsAreUnderstood() throws Exception {
    haproxy("send-proxy-v2 proxy-v2-options crc32c,unique-id,authority");

    assertThat(get()).isEqualTo("127.0.0.9");
  }

  @Test
  void healthCheckIsHaproxysOwn() throws Exception {
    haproxy("send-proxy-v2 check inter 50ms");

    await().untilAsserted(() -> assertThat(counted()).contains("result=\"own\""));
    assertThat(get()).isEqualTo("127.0.0.9");
  }

  @Test
  void version1IsRefused() throws Exception {
    haproxy("send-proxy");

    assertThatThrownBy(this::get)
        .isInstanceOfAny(SocketException.class, StringIndexOutOfBoundsException.class);
    assertThat(counted()).contains("result=\"version_1\"");
  }

  @Test
  void haproxyThatForgetsTheHeaderIsRefused() throws Exception {
    haproxy("");

    assertThatThrownBy(this::get)
        .isInstanceOfAny(SocketException.class, StringIndexOutOfBoundsException.class);
    assertThat(counted()).contains("result=\"no_header\"");
  }
}
