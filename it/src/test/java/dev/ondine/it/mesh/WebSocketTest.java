package dev.ondine.it.mesh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * RFC 6455 through two sidecars: the JDK's client and Jetty, every way that leads from one to the
 * other.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebSocketTest {
  /** How a WebSocket gets through. */
  enum Way {
    /** HTTP/1.1 on all three hops. */
    HTTP_1("plain"),
    /** Between the sidecars, and to the workload, by RFC 8441. */
    HTTP_2("modern"),
    /**
     * Between the sidecars by RFC 8441; the workload's HTTP/2 does not know it, its HTTP/1.1 does.
     */
    HTTP_2_THEN_1("old"),
    /** By CONNECT to the caller's sidecar: it sees bytes, the workload's sidecar an Upgrade. */
    CONNECT("plain");

    final String service;

    Way(String service) {
      this.service = service;
    }
  }

  private MeshHarness mesh;
  private WebSocketServer modern;
  private WebSocketServer old;
  private RunningSidecar caller;
  private HttpClient direct;
  private HttpClient proxied;

  @BeforeAll
  void startAll(@TempDir Path folder) throws Exception {
    mesh = new MeshHarness(folder);
    modern = new WebSocketServer(true);
    old = new WebSocketServer(false);
    mesh.workload("plain", "plain-0", List.of("80:" + modern.port()));
    mesh.workload("modern", "modern-0", List.of("80:" + modern.port() + "/http2"));
    mesh.workload("old", "old-0", List.of("80:" + old.port() + "/http2"));
    mesh.workload("ancient", "ancient-0", List.of("80:" + old.port()));
    caller = mesh.caller("web");
    direct = HttpClient.newHttpClient();
    proxied =
        HttpClient.newBuilder()
            .proxy(ProxySelector.of(MeshHarness.loopback(caller.explicitPort())))
            .build();
  }

  @AfterAll
  void stopAll() {
    direct.shutdownNow(); // a socket that a failed test left open would be waited for
    proxied.shutdownNow();
    mesh.close();
    modern.close();
    old.close();
  }

  @BeforeEach
  void forget() {
    modern.forget();
    old.forget();
  }

  private WebSocketServer server(Way way) {
    return way == Way.HTTP_2_THEN_1 ? old : modern;
  }

  private WebSocket open(Way way, String path, WebSocketPeer peer, String... protocols)
      throws Exception {
    return open(way, way.service, path, peer, protocols);
  }

  private WebSocket open(
      Way way, String service, String path, WebSocketPeer peer, String... protocols)
      throws Exception {
    var client = way == Way.CONNECT ? proxied : direct;
    var builder = client.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(20));
    if (protocols.length > 0) {
      builder.subprotocols(protocols[0], Arrays.copyOfRange(protocols, 1, protocols.length));
    }
    var to = service;
    if (way != Way.CONNECT) {
      builder.header("Host", service);
      to = "127.0.0.1:" + caller.explicitPort();
    }
    return builder.buildAsync(URI.create("ws://" + to + path), peer).get(20, TimeUnit.SECONDS);
  }

  /** Breaks off, and waits until the server has seen it: else the next test would. */
  private void leave(Way way, WebSocket socket) throws InterruptedException {
    socket.abort();
    assertThat(server(way).seen()).startsWith("close 1006 ");
  }

  private static void sent(CompletableFuture<WebSocket> sending) throws Exception {
    sending.get(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource
  void messagesPassBothWays(Way way) throws Exception {
    var peer = new WebSocketPeer(false);
    var socket = open(way, "/echo", peer);
    sent(socket.sendText("grüße", true));
    assertThat(peer.seen()).isEqualTo("grüße");
    sent(socket.sendBinary(ByteBuffer.wrap(new byte[] {0, -1, 13, 10}), true));
    assertThat(peer.seen()).isEqualTo(WebSocketPeer.summary(new byte[] {0, -1, 13, 10}));
    leave(way, socket);
  }

  @ParameterizedTest
  @EnumSource
  void fragmentsStayWhatTheyAre(Way way) throws Exception {
    var peer = new WebSocketPeer(true);
    var socket = open(way, "/fragments", peer);
    for (var fragment : List.of("one", "two", "three")) {
      sent(socket.sendText(fragment, fragment.equals("three")));
    }
    for (var fragment : List.of("one", "two", "three.")) {
      assertThat(server(way).seen()).isEqualTo(fragment);
      assertThat(peer.seen()).isEqualTo(fragment);
    }
    leave(way, socket);
  }

  @ParameterizedTest
  @EnumSource
  void pingsAndPongsPassWithTheirPayload(Way way) throws Exception {
    var peer = new WebSocketPeer(false);
    var socket = open(way, "/echo", peer);
    sent(socket.sendPing(ByteBuffer.wrap("are you there?".getBytes(UTF_8))));
    assertThat(server(way).seen()).isEqualTo("ping are you there?");
    assertThat(peer.seen()).isEqualTo("pong are you there?");
    sent(socket.sendText("ping and you?", true));
    assertThat(peer.seen()).isEqualTo("ping and you?");
    assertThat(server(way).seen()).isEqualTo("pong and you?");
    leave(way, socket);
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP_1,1000",
    "HTTP_1,1001",
    "HTTP_1,3000",
    "HTTP_2,1000",
    "HTTP_2,1001",
    "HTTP_2,3000",
    "HTTP_2_THEN_1,1000",
    "HTTP_2_THEN_1,3000",
    "CONNECT,1000",
    "CONNECT,3000"
  })
  void closeCodesPassBothWays(Way way, int code) throws Exception {
    var leaving = new WebSocketPeer(false);
    var socket = open(way, "/echo", leaving);
    sent(socket.sendClose(code, "enough"));
    assertThat(server(way).seen()).isEqualTo("close " + code + " enough");
    assertThat(leaving.seen()).startsWith("close " + code);

    var sentAway = new WebSocketPeer(false);
    sent(open(way, "/echo", sentAway).sendText("close " + code, true));
    assertThat(sentAway.seen()).isEqualTo("close " + code + " as you like");
    assertThat(server(way).seen()).startsWith("close " + code);
  }

  @ParameterizedTest
  @EnumSource
  void lossOfOneEndIsSeenByTheOther(Way way) throws Exception {
    var socket = open(way, "/echo", new WebSocketPeer(false));
    leave(way, socket);

    var peer = new WebSocketPeer(false);
    sent(open(way, "/echo", peer).sendText("disconnect", true));
    assertThat(peer.seen()).matches("error|close 1006 .*");
    assertThat(server(way).seen()).startsWith("close 1006 ");
  }

  @ParameterizedTest
  @EnumSource
  void largeMessagesPass(Way way) throws Exception {
    var peer = new WebSocketPeer(false);
    var socket = open(way, "/echo", peer);
    var bytes = new byte[1 << 20];
    new Random(1).nextBytes(bytes);
    sent(socket.sendBinary(ByteBuffer.wrap(bytes), true));
    assertThat(peer.seen()).isEqualTo(WebSocketPeer.summary(bytes));

    var text = "0123456789abcdef".repeat(1 << 16);
    sent(socket.sendText(text, true));
    assertThat(peer.seen()).isEqualTo(WebSocketPeer.summary(text.getBytes(UTF_8)));
    leave(way, socket);
  }

  @ParameterizedTest
  @EnumSource
  void manySmallMessagesKeepTheirOrder(Way way) throws Exception {
    var peer = new WebSocketPeer(false);
    var socket = open(way, "/echo", peer);
    for (var i = 0; i < 1_000; i++) {
      sent(socket.sendText("message " + i, true));
    }
    for (var i = 0; i < 1_000; i++) {
      assertThat(peer.seen()).isEqualTo("message " + i);
    }
    leave(way, socket);
  }

  @ParameterizedTest
  @EnumSource
  void serverMaySpeakFirst(Way way) throws Exception {
    var peer = new WebSocketPeer(false);
    var socket = open(way, "/greet", peer);
    assertThat(peer.seen()).isEqualTo("welcome");
    leave(way, socket);
  }

  @ParameterizedTest
  @EnumSource
  void subprotocolIsNegotiatedEndToEnd(Way way) throws Exception {
    var socket = open(way, "/chat", new WebSocketPeer(false), "first", "second");
    assertThat(socket.getSubprotocol()).isEqualTo("second");
    leave(way, socket);
  }

  @ParameterizedTest
  @EnumSource
  void refusalReachesTheClient(Way way) {
    assertThatThrownBy(() -> open(way, "/refuse", new WebSocketPeer(false)))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "HTTP_2", "HTTP_2_THEN_1"})
  void frameSentWithTheHandshakeIsNotLost(Way way) throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), caller.explicitPort())) {
      socket.setSoTimeout(20_000);
      var all = new ByteArrayOutputStream();
      all.writeBytes(handshake(way.service).getBytes(ISO_8859_1));
      all.writeBytes(masked("early"));
      socket.getOutputStream().write(all.toByteArray());

      var in = socket.getInputStream();
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        var next = in.read();
        assertThat(next).as("the end of the connection behind '%s'", head).isNotNegative();
        head.append((char) next);
      }
      assertThat(head.toString()).startsWith("HTTP/1.1 101 ");
      assertThat(in.readNBytes(7)).isEqualTo("\u0081\u0005early".getBytes(ISO_8859_1));
    }
  }

  private static String handshake(String service) {
    return """
    GET /echo HTTP/1.1\r
    Host: %s\r
    Connection: Upgrade\r
    Upgrade: websocket\r
    Sec-WebSocket-Version: 13\r
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
    \r
    """
        .formatted(service);
  }

  /** A short text frame as clients send it (RFC 6455, section 5.2). */
  private static byte[] masked(String text) {
    var frame = new ByteArrayOutputStream();
    frame.write(0x81);
    frame.write(0x80 | text.length());
    var mask = new byte[] {1, 2, 3, 4};
    frame.writeBytes(mask);
    var bytes = text.getBytes(UTF_8);
    for (var i = 0; i < bytes.length; i++) {
      frame.write(bytes[i] ^ mask[i % 4]);
    }
    return frame.toByteArray();
  }

  /**
   * A client of RFC 8441; nobody has said what the workload speaks, so that the client's version is
   * tried.
   */
  @ParameterizedTest
  @CsvSource({"plain", "modern", "old", "ancient"})
  void clientMaySpeakHttp2(String service) throws Exception {
    try (var client = RawHttp2.connect(caller.explicitPort())) {
      client.headers(
          1,
          false,
          ":method",
          "CONNECT",
          ":protocol",
          "websocket",
          ":scheme",
          "http",
          ":path",
          "/echo",
          ":authority",
          service,
          "sec-websocket-version",
          "13");
      client.send(Frame.DATA, 0, 1, masked("early"));
      var head = client.fields(client.readUntil(Frame.HEADERS).orElseThrow());
      assertThat(head).containsEntry(":status", "200").doesNotContainKey("sec-websocket-accept");

      assertThat(read(client, 7)).isEqualTo("\u0081\u0005early");
    }
  }

  private static String read(RawHttp2 client, int length) throws IOException {
    var all = new ByteArrayOutputStream();
    while (all.size() < length) {
      var payload = client.readUntil(Frame.DATA).orElseThrow().payload();
      var bytes = new byte[payload.remaining()];
      payload.get(bytes);
      all.writeBytes(bytes);
    }
    return all.toString(ISO_8859_1);
  }

  @Test
  void drainWaitsForTunnelsThatAreOpen() throws Exception {
    var leaving = mesh.workload("leaving", "leaving-0", List.of("80:" + modern.port()));
    var peer = new WebSocketPeer(false);
    var socket = open(Way.HTTP_1, "leaving", "/echo", peer);
    var drain = Thread.ofVirtual().start(leaving::drain);
    assertThat(drain.join(Duration.ofSeconds(2))).as("drained with an open tunnel").isFalse();
    sent(socket.sendText("still here", true));
    assertThat(peer.seen()).isEqualTo("still here");

    sent(socket.sendClose(WebSocket.NORMAL_CLOSURE, ""));

    assertThat(drain.join(Duration.ofSeconds(15))).as("drained").isTrue();
  }
}
