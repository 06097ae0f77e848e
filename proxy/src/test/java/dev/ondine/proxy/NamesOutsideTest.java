package dev.ondine.proxy;

import static dev.ondine.proxy.MeshPair.LOOPBACK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of strangers that lead to what this host, or its cloud, keeps for itself. */
@Timeout(60)
class NamesOutsideTest {
  private final AtomicInteger reached = new AtomicInteger();
  private HttpServer kept;
  private MeshPair mesh;

  @BeforeEach
  void start() throws IOException {
    kept = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
    kept.createContext(
        "/",
        exchange -> {
          reached.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    kept.start();
    mesh = new MeshPair(port() + "/http");
  }

  @AfterEach
  void stop() {
    mesh.close();
    kept.stop(0);
  }

  private int port() {
    return kept.getAddress().getPort();
  }

  private String http1(String method, String target, String authority) throws IOException {
    try (var socket = new Socket(LOOPBACK, mesh.explicit())) {
      socket.setSoTimeout(20_000);
      var request =
          "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
              .formatted(method, target, authority);
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private String http2(String authority) throws Exception {
    try (var client = RawHttp2.connect(mesh.explicit())) {
      client.headers(
          1, true, ":method", "GET", ":scheme", "http", ":path", "/", ":authority", authority);
      var fields = client.fields(client.readUntil(Frame.HEADERS).orElseThrow());
      return fields.get(":status") + " " + fields.get("x-ondine-reason");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "rebind.example, 127.0.0.1",
    "rebind.example, ::1",
    "rebind.example, 0.0.0.0",
    "metadata.example, 169.254.169.254",
    "metadata.example, 100.100.100.200",
  })
  void areNotFollowedByAnyVersion(String name, String address) throws Exception {
    mesh.leads(name, address);
    var authority = name + ":" + port();

    assertThat(http1("GET", "http://" + authority + "/", authority))
        .startsWith("HTTP/1.1 403 ")
        .contains("x-ondine-reason: not_permitted", authority);
    assertThat(http1("CONNECT", authority, authority))
        .startsWith("HTTP/1.1 403 ")
        .contains("x-ondine-reason: not_permitted", authority);
    assertThat(http2(authority)).isEqualTo("403 not_permitted");
    assertThat(reached).hasValue(0);
  }

  /** By the name that the workload may use: the same server, else the above would prove nothing. */
  @ParameterizedTest
  @CsvSource("localhost, 127.0.0.1")
  void theServerIsThere(String name, String address) throws Exception {
    mesh.leads(name, address);
    var authority = name + ":" + port();

    assertThat(http1("GET", "http://" + authority + "/", authority)).startsWith("HTTP/1.1 200 ");
    assertThat(reached).hasValue(1);
  }
}
