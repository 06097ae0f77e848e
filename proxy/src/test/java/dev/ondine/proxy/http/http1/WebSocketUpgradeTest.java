package dev.ondine.proxy.http.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.proxy.http.Hops;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client and an endpoint, byte by byte, with a proxy of HTTP/1.1 between them. */
class WebSocketUpgradeTest {
  // The example of RFC 6455, section 1.3.
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  private static final String ASKS =
      """
      GET /chat?x=1 HTTP/1.1
      Host: shop
      Connection: keep-alive, Upgrade
      Upgrade: websocket
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
      Sec-WebSocket-Protocol: chat

      """;
  private static final String SWITCHES =
      """
      HTTP/1.1 101 Switching Protocols
      Upgrade: WebSocket
      Connection: Upgrade
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

      """;

  private final Hops hops = new Hops();
  private final LinkedBlockingQueue<HttpExchange> ended = new LinkedBlockingQueue<>();
  private ServerSocket server;
  private int port;

  @BeforeEach
  void start() throws Exception {
    server = Wire.listen();
    port = hops.http1(seen(hops.to1(server.getLocalPort())));
  }

  private HttpService seen(HttpService next) {
    return exchange -> {
      exchange.onEnd(ended::add);
      next.serve(exchange);
    };
  }

  @AfterEach
  void stop() throws Exception {
    hops.close();
    server.close();
  }

  private HttpExchange lastEnded() throws InterruptedException {
    var last = ended.poll(10, TimeUnit.SECONDS);
    assertThat(last).as("an exchange that has ended").isNotNull();
    return last;
  }

  @Test
  void handshakePassesWholeAndTheBytesBehindItBothWays() throws Exception {
    try (var client = Wire.connect(port).lines(ASKS);
        var endpoint = Wire.accept(server)) {
      assertThat(endpoint.head())
          .startsWith("GET /chat?x=1 HTTP/1.1\n")
          .containsIgnoringCase("\nconnection: upgrade\n")
          .containsIgnoringCase("\nupgrade: websocket\n")
          .containsIgnoringCase("\nsec-websocket-key: " + KEY + "\n")
          .containsIgnoringCase("\nsec-websocket-protocol: chat\n")
          .doesNotContainIgnoringCase("transfer-encoding")
          .doesNotContainIgnoringCase("content-length");
      endpoint.lines(SWITCHES).send("server first");
      assertThat(client.head())
          .startsWith("HTTP/1.1 101 ")
          .containsIgnoringCase("\nconnection: upgrade\n")
          .containsIgnoringCase("\nupgrade: websocket\n")
          .containsIgnoringCase("\nsec-websocket-accept: " + ACCEPT + "\n")
          .doesNotContainIgnoringCase("transfer-encoding");
      assertThat(client.read(12)).isEqualTo("server first");

      client.send("GET / HTTP/1.1\r\n\r\n"); // looks like a request, and is none of our business
      assertThat(endpoint.read(18)).isEqualTo("GET / HTTP/1.1\r\n\r\n");
    }
  }

  @Test
  void bytesBeforeTheAnswerAreHeldUntilTheTunnelIsOpen() throws Exception {
    try (var client = Wire.connect(port).lines(ASKS + "GET /early HTTP/1.1\n\n");
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      client.send("more");
      // What was sent on would have come together with the head, or right behind it.
      await().during(200, TimeUnit.MILLISECONDS).until(endpoint::isSilent);

      endpoint.lines(SWITCHES);

      assertThat(endpoint.read(27)).isEqualTo("GET /early HTTP/1.1\r\n\r\nmore");
    }
  }

  @Test
  void earlyBytesAreNoRequestWhenTheEndpointDoesNotSwitch() throws Exception {
    try (var client = Wire.connect(port).lines(ASKS + "GET /smuggled HTTP/1.1\nHost: a\n\n");
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines("HTTP/1.1 403 Forbidden\nContent-Length: 2\n\nno");

      assertThat(client.head())
          .startsWith("HTTP/1.1 403 ")
          .containsIgnoringCase("\nconnection: close\n")
          .containsIgnoringCase("\ncontent-length: 2\n");
      assertThat(client.rest()).isEqualTo("no");
      assertThat(endpoint.rest()).isEmpty();
      assertThat(lastEnded().info().status()).isEqualTo(403);
      assertThat(ended).as("further requests").isEmpty();
    }
  }

  @Test
  void bytesThatFollowARefusalAreNoRequestEither() throws Exception {
    try (var client = Wire.connect(port).lines(ASKS);
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines("HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
      assertThat(client.head()).startsWith("HTTP/1.1 200 ");
      client.lines("GET /smuggled HTTP/1.1\nHost: a\n\n");

      assertThat(client.rest()).isEqualTo("ok");
      assertThat(endpoint.rest()).isEmpty();
      lastEnded();
      assertThat(ended).as("further requests").isEmpty();
    }
  }

  @Test
  void endOfOneSideIsPassedOnAndTheOtherGoesOn() throws Exception {
    try (var client = Wire.connect(port).lines(ASKS);
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines(SWITCHES);
      client.head();
      client.send("last words").end();
      assertThat(endpoint.rest()).isEqualTo("last words");
      endpoint.send("answer").end();
      assertThat(client.rest()).isEqualTo("answer");

      var info = lastEnded().info();
      assertThat(info.status()).isEqualTo(101);
      assertThat(info.reason()).isNull();
      assertThat(info.bytesReceived()).isEqualTo(10);
      assertThat(info.bytesSent()).isEqualTo(6);
    }
  }

  @Test
  void endpointMayEndItsSideFirst() throws Exception {
    try (var client = Wire.connect(port).lines(ASKS);
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines(SWITCHES).send("bye").end();
      client.head();
      assertThat(client.rest()).isEqualTo("bye");
      client.send("not yet");
      assertThat(endpoint.read(7)).isEqualTo("not yet");
      client.end();
      assertThat(endpoint.rest()).isEmpty();
      assertThat(lastEnded().info().reason()).isNull();
    }
  }

  @Test
  void brokenClientIsABrokenConnectionToTheEndpoint() throws Exception {
    try (var client = Wire.connect(port).lines(ASKS);
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines(SWITCHES);
      client.head();
      client.reset();

      assertThat(endpoint.isBrokenOff()).isTrue();
      assertThat(lastEnded().info().reason()).hasToString("CLIENT_CLOSED");
    }
  }

  @Test
  void brokenEndpointIsABrokenConnectionToTheClient() throws Exception {
    try (var client = Wire.connect(port).lines(ASKS)) {
      var endpoint = Wire.accept(server);
      endpoint.head();
      endpoint.lines(SWITCHES);
      client.head();
      endpoint.reset();

      assertThat(client.isBrokenOff()).isTrue();
      assertThat(lastEnded().info().reason()).hasToString("UPSTREAM_RESET");
    }
  }

  @Test
  void switchThatNobodyAskedForIsAFault() throws Exception {
    try (var client = Wire.connect(port).lines("GET / HTTP/1.1\nHost: shop\n\n");
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines(SWITCHES);

      assertThat(client.isBrokenOff()).as("no layer made a reply of the failure").isTrue();
      assertThat(lastEnded().info().reason()).hasToString("UPSTREAM_PROTOCOL_ERROR");
      assertThat(endpoint.isBrokenOff()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upgrade: h2c\nConnection: Upgrade", "Upgrade: websocket", "X: y"})
  void switchToSomethingElseIsAFault(String headers) throws Exception {
    try (var client = Wire.connect(port).lines(ASKS);
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines("HTTP/1.1 101 Switching Protocols\n" + headers + "\n\n");

      assertThat(client.isBrokenOff()).isTrue();
      assertThat(lastEnded().info().reason()).hasToString("UPSTREAM_PROTOCOL_ERROR");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET 1.1 Connection: Upgrade, HTTP2-Settings|Upgrade: h2c|HTTP2-Settings: AAMAAABkAAQAAP__",
        "GET 1.1 Connection: Upgrade|Upgrade: TLS/1.0",
        // Without Connection the wish is not to be heard (RFC 9110, section 7.8).
        "GET 1.1 Upgrade: websocket|Sec-WebSocket-Key: a",
        "GET 1.0 Connection: Upgrade, keep-alive|Upgrade: websocket|Sec-WebSocket-Key: a",
        "POST 1.1 Connection: Upgrade|Upgrade: websocket|Content-Length: 0",
      })
  void otherWishesAreNotHeard(String wish) throws Exception {
    var parts = wish.split(" ", 3);
    var start = parts[0] + " / HTTP/" + parts[1] + "\nHost: shop\n";
    try (var client = Wire.connect(port).lines(start + parts[2].replace('|', '\n') + "\n\n");
        var endpoint = Wire.accept(server)) {
      assertThat(endpoint.head())
          .doesNotContainIgnoringCase("\nupgrade:")
          .doesNotContainIgnoringCase("\nhttp2-settings:")
          .doesNotContainIgnoringCase("\nconnection:");
      endpoint.lines("HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
      assertThat(client.head()).startsWith("HTTP/1.1 200 ");
      assertThat(client.read(2)).isEqualTo("ok");

      client.lines("GET /next HTTP/1.1\nHost: shop\n\n"); // the connection is an ordinary one
      assertThat(endpoint.head()).startsWith("GET /next ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-WebSocket-Key: a\nContent-Length: 3\n\nabc",
        "Sec-WebSocket-Key: a\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n",
        "\n",
        "Sec-WebSocket-Key: a\nSec-WebSocket-Key: b\n\n",
      })
  void ambiguousHandshakeIsRefusedAndNothingLeaves(String headersAndBody) throws Exception {
    var start = "GET / HTTP/1.1\nHost: shop\nConnection: Upgrade\nUpgrade: websocket\n";
    try (var client = Wire.connect(port).lines(start + headersAndBody)) {
      assertThat(client.head()).startsWith("HTTP/1.1 400 ");
      client.rest();
    }
    server.setSoTimeout(1);
    assertThat(ended).isEmpty();
  }

  @Test
  void otherVersionPassesAsItIs() throws Exception {
    try (var client = Wire.connect(port).lines(ASKS.replace("Version: 13", "Version: 99"));
        var endpoint = Wire.accept(server)) {
      assertThat(endpoint.head()).containsIgnoringCase("\nsec-websocket-version: 99\n");
      endpoint.lines(
          "HTTP/1.1 426 Upgrade Required\nSec-WebSocket-Version: 13\nContent-Length: 0\n\n");
      assertThat(client.head())
          .startsWith("HTTP/1.1 426 ")
          .containsIgnoringCase("\nsec-websocket-version: 13\n");
    }
  }

  @Test
  void slowEndpointStopsTheClient() throws Exception {
    try (var client = Wire.connect(port).lines(ASKS);
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines(SWITCHES);
      client.head();
      var total = 32 << 20; // far beyond what kernels and buffers between the two hold
      var sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      client.send(new byte[total]);
                      client.end();
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      assertThat(sender.join(Duration.ofMillis(500))).as("all was sent").isFalse();

      assertThat(endpoint.rest()).hasSize(total);
    }
  }
}
