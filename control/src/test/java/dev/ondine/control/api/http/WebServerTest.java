package dev.ondine.control.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebServerTest {
  private final WebServer server =
      new WebServer(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          List.of(
              new ApiRoute(
                  "GET",
                  "/things/*",
                  r -> ApiResponse.json(200, TextNode.valueOf(r.path().getFirst()))),
              new ApiRoute("PUT", "/things/*", WebServerTest::echo),
              new ApiRoute("GET", "/broken", _ -> failure()),
              new ApiRoute("GET", "/taken", _ -> refusal())));

  @BeforeEach
  void start() throws Exception {
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void answersWithWhatTheStarStandsFor() throws Exception {
    assertThat(get("/things/a-b", "localhost")).startsWith("HTTP/1.1 200").endsWith("\"a-b\"\n");
  }

  @Test
  void aHostThatIsNotOursIsRefused() throws Exception {
    assertThat(get("/things/a", "evil.example"))
        .startsWith("HTTP/1.1 421")
        .contains("evil.example");
    assertThat(get("/things/a", "localhost.evil.example:80")).startsWith("HTTP/1.1 421");
    assertThat(get("/things/a", "127.0.0.1.evil.example")).startsWith("HTTP/1.1 421");
    assertThat(get("/things/a", "127.0.0.1:1")).startsWith("HTTP/1.1 200");
    assertThat(get("/things/a", "10.77.0.1:15014")).startsWith("HTTP/1.1 200");
    assertThat(get("/things/a", "[::1]:1")).startsWith("HTTP/1.1 200");
  }

  @Test
  void aForeignOriginIsRefused() throws Exception {
    assertThat(get("/things/a", "localhost\r\nOrigin: https://evil.example"))
        .startsWith("HTTP/1.1 421");
    assertThat(get("/things/a", "10.77.0.1\r\nOrigin: http://10.66.6.6"))
        .startsWith("HTTP/1.1 421");
    assertThat(get("/things/a", "localhost\r\nOrigin: null")).startsWith("HTTP/1.1 421");
    assertThat(get("/things/a", "localhost\r\nOrigin: http://localhost:15014"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void anotherMethodIsToldWhatIsAllowed() throws Exception {
    assertThat(send("DELETE /things/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 405")
        .contains("Allow: GET, PUT");
  }

  @Test
  void anUnknownPathIs404() throws Exception {
    assertThat(get("/nothing", "localhost")).startsWith("HTTP/1.1 404").contains("/nothing");
  }

  @Test
  void aBodyAboveTheLimitIs413() throws Exception {
    var body = "x".repeat(8 * 1024 * 1024 + 1);
    assertThat(
            send(
                "PUT /things/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body))
        .startsWith("HTTP/1.1 413");
  }

  @Test
  void aFailureOfOursIs500WithoutDetailsAndARefusalKeepsItsMessage() throws Exception {
    assertThat(get("/broken", "localhost")).startsWith("HTTP/1.1 500").doesNotContain("secret");
    assertThat(get("/taken", "localhost"))
        .startsWith("HTTP/1.1 409")
        .endsWith("{\"errors\":[{\"message\":\"taken\"}]}\n");
  }

  @Test
  void aTakenAddressIsNamed() {
    var second = new WebServer(server.address(), List.of());
    assertThatThrownBy(second::start)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1:" + server.address().getPort());
    second.stop();
  }

  private static ApiResponse echo(ApiRequest request) throws IOException {
    return new ApiResponse(200, "text/plain", new String(request.body().read(), UTF_8));
  }

  private static ApiResponse failure() throws IOException {
    throw new IOException("secret");
  }

  private static ApiResponse refusal() {
    throw new ApiException(409, "taken");
  }

  private String get(String path, String host) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  }

  private String send(String request) throws IOException {
    try (var socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
