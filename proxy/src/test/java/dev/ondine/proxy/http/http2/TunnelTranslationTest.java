package dev.ondine.proxy.http.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.ForwardingExchange;
import dev.ondine.proxy.http.Hops;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.WebSocketHandshake;
import dev.ondine.proxy.http.Wire;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tunnels whose two sides speak different versions: RFC 8441 between Upgrade and Upgrade. */
class TunnelTranslationTest {
  private static final int ENABLE_CONNECT_PROTOCOL = 8;
  private static final int CONNECT_ERROR = 0xa;
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  private static final String ASKS =
      """
      GET /chat HTTP/1.1
      Host: shop
      Connection: Upgrade
      Upgrade: websocket
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
      Sec-WebSocket-Protocol: chat

      """;
  private static final Pattern SENT_KEY =
      Pattern.compile("sec-websocket-key: (.*)\n", Pattern.CASE_INSENSITIVE);

  private final Hops hops = new Hops();
  private final LinkedBlockingQueue<HttpExchange> ended = new LinkedBlockingQueue<>();
  private ServerSocket server;

  @BeforeEach
  void start() throws Exception {
    server = Wire.listen();
  }

  @AfterEach
  void stop() throws Exception {
    hops.close();
    server.close();
  }

  /** Notes what has ended, and makes replies of failures. */
  private HttpService layers(HttpService next) {
    return exchange -> {
      exchange.onEnd(ended::add);
      next.serve(
          new ForwardingExchange(exchange) {
            @Override
            public void fail(Failure failure) {
              above.reply(LocalReply.of(failure.reason(), failure.detail()));
            }
          });
    };
  }

  private HttpExchange lastEnded() throws InterruptedException {
    var last = ended.poll(10, TimeUnit.SECONDS);
    assertThat(last).as("an exchange that has ended").isNotNull();
    return last;
  }

  private RawHttp2 http2Client() throws IOException {
    return RawHttp2.connect(hops.http2(layers(hops.to1(server.getLocalPort()))));
  }

  private static RawHttp2 asks(RawHttp2 client, String... more) throws IOException {
    var fields =
        new String[] {
          ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http",
          ":path", "/chat", ":authority", "shop", "sec-websocket-version", "13"
        };
    var all = Arrays.copyOf(fields, fields.length + more.length);
    System.arraycopy(more, 0, all, fields.length, more.length);
    return client.headers(1, false, all);
  }

  private static void switches(Wire endpoint) throws IOException {
    var head = endpoint.head();
    var key = SENT_KEY.matcher(head);
    assertThat(key.find()).as(head).isTrue();
    endpoint.lines(
        "HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: websocket\n"
            + "Sec-WebSocket-Protocol: chat\nSec-WebSocket-Accept: "
            + WebSocketHandshake.accept(key.group(1))
            + "\n\n");
  }

  private static RawHttp2 data(RawHttp2 to, String text, boolean end) throws IOException {
    return to.send(Frame.DATA, end ? Frame.END_STREAM : 0, 1, text.getBytes(ISO_8859_1));
  }

  @Test
  void acceptIsAsInTheRfc() {
    assertThat(WebSocketHandshake.accept(KEY)).isEqualTo(ACCEPT);
  }

  @Test
  void upgradePassesTwoProxiesThatSpeakHttp2() throws Exception {
    var inner = hops.http2(layers(hops.to1(server.getLocalPort())));
    var outer = hops.http1(layers(hops.to2(inner)));
    try (var client = Wire.connect(outer).lines(ASKS).send("early");
        var endpoint = Wire.accept(server)) {
      var head = endpoint.head();
      assertThat(head)
          .startsWith("GET /chat HTTP/1.1\nhost: shop\n")
          .containsIgnoringCase("\nconnection: upgrade\n")
          .containsIgnoringCase("\nupgrade: websocket\n")
          .containsIgnoringCase("\nsec-websocket-version: 13\n")
          .containsIgnoringCase("\nsec-websocket-protocol: chat\n")
          .doesNotContain(KEY)
          .doesNotContainIgnoringCase("transfer-encoding");
      await().during(200, TimeUnit.MILLISECONDS).until(endpoint::isSilent);
      var key = SENT_KEY.matcher(head);
      assertThat(key.find()).isTrue();
      endpoint.lines(
          "HTTP/1.1 101 Ok\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Accept: "
              + WebSocketHandshake.accept(key.group(1))
              + "\n\n");

      assertThat(client.head())
          .startsWith("HTTP/1.1 101 ")
          .containsIgnoringCase("\nsec-websocket-accept: " + ACCEPT + "\n")
          .containsOnlyOnce("accept");
      assertThat(endpoint.read(5)).isEqualTo("early");
      endpoint.send("bye").end();
      assertThat(client.rest()).isEqualTo("bye");
      client.send("still here").end();
      assertThat(endpoint.rest()).isEqualTo("still here");
      assertThat(lastEnded().info().reason()).isNull();
      assertThat(lastEnded().info().reason()).isNull();
    }
  }

  @Test
  void extendedConnectBecomesAnUpgrade() throws Exception {
    try (var client = http2Client()) {
      var settings = client.readUntil(Frame.SETTINGS).orElseThrow().payload();
      var announced = false;
      while (settings.hasRemaining()) {
        var id = settings.getShort();
        var value = settings.getInt();
        announced |= id == ENABLE_CONNECT_PROTOCOL && value == 1;
      }
      assertThat(announced).as("SETTINGS_ENABLE_CONNECT_PROTOCOL").isTrue();
      data(asks(client), "early", false);
      try (var endpoint = Wire.accept(server)) {
        switches(endpoint);
        var head = client.fields(client.readUntil(Frame.HEADERS).orElseThrow());
        assertThat(head)
            .containsEntry(":status", "200")
            .containsEntry("sec-websocket-protocol", "chat")
            .doesNotContainKeys("sec-websocket-accept", "connection", "upgrade");
        assertThat(endpoint.read(5)).isEqualTo("early");
        endpoint.send("hello");
        assertThat(client.readUntil(Frame.DATA).orElseThrow().text()).isEqualTo("hello");

        data(client, "bye", true);
        assertThat(endpoint.rest()).isEqualTo("bye");
        endpoint.send("answer").end();
        assertThat(client.readUntil(Frame.DATA).orElseThrow().text()).isEqualTo("answer");
        var last = client.readUntil(Frame.DATA).orElseThrow();
        assertThat(last.has(Frame.END_STREAM)).isTrue();
        var request = lastEnded();
        assertThat(request.request().method()).as("as HTTP/1.1 has it").isEqualTo("GET");
        assertThat(request.info().reason()).isNull();
        assertThat(request.info().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void endpointThatDidNotReadTheKeyIsRefused() throws Exception {
    try (var client = asks(http2Client());
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines(
          "HTTP/1.1 101 Ok\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Accept: "
              + ACCEPT
              + "\n\n");
      assertThat(client.fields(client.readUntil(Frame.HEADERS).orElseThrow()))
          .containsEntry(":status", "502")
          .containsEntry("x-ondine-reason", "upstream_protocol_error");
      assertThat(endpoint.isBrokenOff()).isTrue();
    }
  }

  @Test
  void refusalIsAnOrdinaryAnswer() throws Exception {
    try (var client = data(asks(http2Client()), "early", false);
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines("HTTP/1.1 403 Forbidden\nContent-Length: 2\n\nno");
      assertThat(client.fields(client.readUntil(Frame.HEADERS).orElseThrow()))
          .containsEntry(":status", "403");
      assertThat(client.readUntil(Frame.DATA).orElseThrow().text()).isEqualTo("no");
      assertThat(endpoint.rest()).isEmpty();
    }
  }

  @Test
  void answerThatDoesNotSwitchMustNotLookLikeATunnel() throws Exception {
    try (var client = asks(http2Client());
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines("HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
      assertThat(client.fields(client.readUntil(Frame.HEADERS).orElseThrow()))
          .containsEntry(":status", "502")
          .containsEntry("x-ondine-reason", "upstream_protocol_error");
    }
  }

  @Test
  void resetStreamBreaksOffTheEndpointsConnection() throws Exception {
    try (var client = asks(http2Client());
        var endpoint = Wire.accept(server)) {
      switches(endpoint);
      client.readUntil(Frame.HEADERS);
      client.sendInt(Frame.RST_STREAM, 1, Frame.CANCEL);
      assertThat(endpoint.isBrokenOff()).isTrue();
      assertThat(lastEnded().info().reason()).hasToString("CLIENT_CLOSED");
    }
  }

  @Test
  void brokenEndpointResetsTheStream() throws Exception {
    try (var client = asks(http2Client())) {
      var endpoint = Wire.accept(server);
      switches(endpoint);
      client.readUntil(Frame.HEADERS);
      endpoint.reset();
      assertThat(client.readUntil(Frame.RST_STREAM).orElseThrow().errorCode())
          .isEqualTo(CONNECT_ERROR);
      assertThat(lastEnded().info().reason()).hasToString("UPSTREAM_RESET");
    }
  }

  @Test
  void headersWithinATunnelAreMalformed() throws Exception {
    try (var client = asks(http2Client());
        var endpoint = Wire.accept(server)) {
      switches(endpoint);
      client.readUntil(Frame.HEADERS);
      client.headers(1, true, "x-trailer", "1");
      assertThat(client.readUntil(Frame.RST_STREAM).orElseThrow().errorCode())
          .isEqualTo(Frame.PROTOCOL_ERROR);
      assertThat(endpoint.isBrokenOff()).isTrue();
    }
  }

  @Test
  void unknownProtocolIsRefused() throws Exception {
    try (var client = http2Client()) {
      client.headers(
          1,
          false,
          ":method",
          "CONNECT",
          ":protocol",
          "connect-udp",
          ":scheme",
          "http",
          ":path",
          "/",
          ":authority",
          "shop");
      assertThat(client.fields(client.readUntil(Frame.HEADERS).orElseThrow()))
          .containsEntry(":status", "501");
    }
  }

  // ---- an endpoint that speaks HTTP/2

  private Wire http1Client() throws IOException {
    return Wire.connect(hops.http1(layers(hops.to2(server.getLocalPort()))));
  }

  @Test
  void upgradeBecomesExtendedConnectOnceSettingsAllowIt() throws Exception {
    try (var client = http1Client().lines(ASKS).send("early");
        var endpoint = RawHttp2.accept(server, ENABLE_CONNECT_PROTOCOL, 1)) {
      var request = endpoint.readUntil(Frame.HEADERS).orElseThrow();
      assertThat(request.has(Frame.END_STREAM)).isFalse();
      assertThat(endpoint.fields(request))
          .containsEntry(":method", "CONNECT")
          .containsEntry(":protocol", "websocket")
          .containsEntry(":scheme", "http")
          .containsEntry(":path", "/chat")
          .containsEntry(":authority", "shop")
          .containsEntry("sec-websocket-version", "13")
          .doesNotContainKeys("sec-websocket-key", "connection", "upgrade");
      // Early bytes would come before the answer to this.
      endpoint.send(Frame.PING, 0, 0, new byte[8]);
      var next =
          endpoint.readUntil(f -> f.type() == Frame.DATA || f.type() == Frame.PING).orElseThrow();
      assertThat(next.type()).isEqualTo(Frame.PING);
      var stream = request.stream();
      endpoint.headers(stream, false, ":status", "200", "sec-websocket-accept", "of whom?");
      assertThat(client.head())
          .startsWith("HTTP/1.1 101 ")
          .containsIgnoringCase("\nconnection: upgrade\n")
          .containsIgnoringCase("\nsec-websocket-accept: " + ACCEPT + "\n");
      assertThat(endpoint.readUntil(Frame.DATA).orElseThrow().text()).isEqualTo("early");

      endpoint.send(Frame.DATA, Frame.END_STREAM, stream, "bye".getBytes(ISO_8859_1));
      assertThat(client.rest()).isEqualTo("bye");
      client.send("me too").end();
      assertThat(endpoint.readUntil(Frame.DATA).orElseThrow().text()).isEqualTo("me too");
      assertThat(endpoint.readUntil(Frame.DATA).orElseThrow().has(Frame.END_STREAM)).isTrue();
      assertThat(lastEnded().info().reason()).isNull();
    }
  }

  @Test
  void endpointWithoutExtendedConnectIsNotAsked() throws Exception {
    try (var client = http1Client().lines(ASKS);
        var endpoint = RawHttp2.accept(server)) {
      assertThat(client.head())
          .startsWith("HTTP/1.1 501 ")
          .containsIgnoringCase("x-ondine-reason: not_implemented");
      assertThat(client.rest()).contains("RFC 8441");
      // What comes on the connection next is no request of the tunnel's.
      var other = endpoint.readUntil(frame -> frame.type() == Frame.SETTINGS);
      assertThat(other).isPresent();
      assertThat(lastEnded().info().reason()).hasToString("NOT_IMPLEMENTED");
    }
  }

  @Test
  void endpointThatSpeaksNoHttp2IsToldSo() throws Exception {
    try (var client = http1Client().lines(ASKS)) {
      Wire.accept(server).close();
      assertThat(client.head())
          .startsWith("HTTP/1.1 502 ")
          .containsIgnoringCase("x-ondine-reason: upstream_protocol_error");
    }
  }

  @Test
  void refusalByHttp2ClosesTheClientsConnection() throws Exception {
    try (var client = http1Client().lines(ASKS + "GET /smuggled HTTP/1.1\nHost: a\n\n");
        var endpoint = RawHttp2.accept(server, ENABLE_CONNECT_PROTOCOL, 1)) {
      var stream = endpoint.readUntil(Frame.HEADERS).orElseThrow().stream();
      endpoint.headers(stream, false, ":status", "403", "content-length", "2");
      endpoint.send(Frame.DATA, Frame.END_STREAM, stream, "no".getBytes(ISO_8859_1));
      assertThat(client.head()).startsWith("HTTP/1.1 403 ").containsIgnoringCase("close");
      assertThat(client.rest()).isEqualTo("no");
      lastEnded();
      assertThat(ended).as("further requests").isEmpty();
    }
  }

  // ---- CONNECT

  @Test
  void connectIsTranslatedBothWays() throws Exception {
    var inner = hops.http2(layers(hops.to1(server.getLocalPort())));
    var outer = hops.http1(layers(hops.to2(inner)));
    try (var client = Wire.connect(outer).lines("CONNECT db:80 HTTP/1.1\nHost: db:80\n\n");
        var endpoint = Wire.accept(server)) {
      assertThat(endpoint.head()).startsWith("CONNECT db:80 HTTP/1.1\nhost: db:80\n");
      endpoint.lines("HTTP/1.1 200 OK\n\n").send("hi");
      assertThat(client.head()).startsWith("HTTP/1.1 200 ");
      assertThat(client.read(2)).isEqualTo("hi");
      client.send("you").end();
      assertThat(endpoint.rest()).isEqualTo("you");
    }
  }

  @Test
  void connectByHttp2BecomesATcpConnection() throws Exception {
    var port = hops.http2(layers(hops.toTcp(server.getLocalPort())));
    try (var client = RawHttp2.connect(port)) {
      client.headers(1, false, ":method", "CONNECT", ":authority", "db:5432");
      try (var endpoint = Wire.accept(server).send("first")) {
        assertThat(client.fields(client.readUntil(Frame.HEADERS).orElseThrow()))
            .containsEntry(":status", "200");
        assertThat(client.readUntil(Frame.DATA).orElseThrow().text()).isEqualTo("first");
        data(client, "second", true);
        assertThat(endpoint.rest()).isEqualTo("second");
      }
      assertThat(client.readUntil(Frame.DATA).orElseThrow().has(Frame.END_STREAM)).isTrue();
      assertThat(lastEnded().info().reason()).isNull();
    }
  }

  @Test
  void slowClientStopsTheEndpointAndIsNotStalled() throws Exception {
    var port = hops.http2(layers(hops.toTcp(server.getLocalPort())));
    try (var client = RawHttp2.connect(port)) {
      client.headers(1, false, ":method", "CONNECT", ":authority", "db:5432");
      try (var endpoint = Wire.accept(server)) {
        var total = 16 << 20;
        var sender = Thread.ofVirtual().start(() -> sendAll(endpoint, total));
        assertThat(sender.join(Duration.ofMillis(500))).as("all was sent").isFalse();
        for (var got = 0; got < total; ) {
          var length = client.readUntil(Frame.DATA).orElseThrow().length();
          got += length;
          if (length > 0) {
            client.sendInt(Frame.WINDOW_UPDATE, 0, length);
            client.sendInt(Frame.WINDOW_UPDATE, 1, length);
          }
        }
        sender.join();
      }
    }
  }

  private static void sendAll(Wire endpoint, int bytes) {
    try {
      endpoint.send(new byte[bytes]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":authority=db",
        ":authority=db:",
        ":authority=db:0",
        ":authority=db:70000",
        ":authority=a:b:80",
        ":authority=db:80 :path=/",
        ":authority=db:80 :scheme=http",
        "x=y",
      })
  void malformedConnectIsRefused(String fields) throws Exception {
    try (var client = http2Client()) {
      var all = (":method=CONNECT " + fields).split("[ =]");
      client.headers(1, false, all);
      assertThat(client.readUntil(Frame.RST_STREAM).orElseThrow().errorCode())
          .isEqualTo(Frame.PROTOCOL_ERROR);
      assertThat(ended).isEmpty();
    }
  }

  @Test
  void protocolBelongsToConnectOnly() throws Exception {
    try (var client = http2Client()) {
      client.headers(
          1,
          true,
          ":method",
          "GET",
          ":protocol",
          "websocket",
          ":scheme",
          "http",
          ":path",
          "/",
          ":authority",
          "shop");
      assertThat(client.readUntil(Frame.RST_STREAM).orElseThrow().errorCode())
          .isEqualTo(Frame.PROTOCOL_ERROR);
    }
  }
}
