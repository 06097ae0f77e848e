package dev.ondine.proxy;

import static dev.ondine.proxy.MeshPair.AUTHORITY;
import static dev.ondine.proxy.MeshPair.LOOPBACK;
import static dev.ondine.proxy.MeshPair.NOW;
import static dev.ondine.proxy.tls.MeshSide.ORDERS;
import static dev.ondine.proxy.tls.MeshSide.WEB;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.InboundSecurity.Mtls;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.Hops;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.tls.MeshSide;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and connections through two sidecars that prove to each other who they are. */
@Timeout(60)
class MeshTrafficTest {
  private final HttpServer workload = server();
  private final List<Map<String, List<String>>> seen = new CopyOnWriteArrayList<>();
  private final Hops hops = new Hops();
  private MeshPair mesh;
  private HttpClient client;

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void start() throws IOException {
    workload.createContext(
        "/",
        exchange -> {
          seen.add(Map.copyOf(exchange.getRequestHeaders()));
          var body = exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    workload.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    workload.start();
    mesh = new MeshPair(workload.getAddress().getPort() + "/http");
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(ProxySelector.of(new InetSocketAddress(LOOPBACK, mesh.explicit())))
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    mesh.close();
    hops.close();
    workload.stop(0);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder orders() {
    return HttpRequest.newBuilder(URI.create("http://orders.default.mesh/x"));
  }

  private HttpResponse<String> post() throws Exception {
    return send(orders().POST(BodyPublishers.ofString("hello")));
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "HTTP"})
  void calleeKnowsItsCallerAndNobodyElseSaysWhoThatIs(AppProtocol between) throws Exception {
    mesh.speaks(between);
    var forged = "By=spiffe://cluster.local/ns/shop/sa/orders;Hash=00;URI=spiffe://x/ns/a/sa/admin";

    var answer =
        send(
            orders()
                .header("x-forwarded-client-cert", forged)
                .header("X-Forwarded-Client-Cert", forged)
                .POST(BodyPublishers.ofString("hello")));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("hello");
    assertThat(seen.getFirst().get("X-forwarded-client-cert"))
        .singleElement()
        .asString()
        .matches("By=" + ORDERS + ";Hash=[0-9a-f]{64};URI=" + WEB);
    assertThat(seen.getFirst().get("X-forwarded-proto")).containsExactly("http");
    await().until(() -> mesh.calleeLog().contains("\"peer_identity\":\"" + WEB + "\""));
    assertThat(mesh.callerLog()).contains("\"peer_identity\":\"" + ORDERS + "\"");
  }

  /** From here on the workload and both sidecars speak HTTP/2. */
  private void overHttp2() throws IOException {
    var port =
        hops.http2(
            exchange -> {
              seen.add(
                  Map.of(
                      "X-forwarded-client-cert",
                      exchange.request().headers().all("x-forwarded-client-cert"),
                      "X-forwarded-proto",
                      exchange.request().headers().all("x-forwarded-proto"),
                      ":scheme",
                      List.of(exchange.request().scheme())));
              exchange.respond(new ResponseHead(200, Headers.of()), exchange.requestBody());
            });
    mesh.speaks(AppProtocol.HTTP2);
    mesh.only(mesh.more(port + "/http2", MeshSide.of(AUTHORITY, ORDERS)));
  }

  @Test
  void calleeKnowsItsCallerByHttp2Too() throws Exception {
    overHttp2();

    assertThat(post().body()).isEqualTo("hello");
    assertThat(send(orders().header("x-forwarded-client-cert", "URI=x")).statusCode())
        .isEqualTo(200);

    assertThat(seen)
        .hasSize(2)
        .allSatisfy(
            head ->
                assertThat(head.get("X-forwarded-client-cert"))
                    .singleElement()
                    .asString()
                    .endsWith(";URI=" + WEB))
        .allSatisfy(head -> assertThat(head.get("X-forwarded-proto")).containsExactly("http"))
        .allSatisfy(head -> assertThat(head.get(":scheme")).containsExactly("http"));
  }

  @Test
  void nominatingTheHeaderChangesNothing() throws Exception {
    try (var socket = new Socket(LOOPBACK, mesh.explicit())) {
      var request =
          """
          GET http://orders.default.mesh/ HTTP/1.1
          Host: orders.default.mesh
          x-forwarded-client-cert: URI=spiffe://x/ns/a/sa/admin
          Connection: x-forwarded-client-cert, close

          """;
      socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 200");
    }
    assertThat(seen.getFirst().get("X-forwarded-client-cert"))
        .singleElement()
        .asString()
        .endsWith(";URI=" + WEB);
  }

  @Test
  void whoAnswersInAnothersNameGetsNothing() throws Exception {
    mesh.expects(WEB);

    var answer = post();

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("x-ondine-reason")).hasValue("tls_failed");
    assertThat(answer.body()).contains("wrong_identity").contains(ORDERS.spiffeId());
    assertThat(seen).isEmpty();
    assertThat(mesh.metrics.scrape())
        .contains(
            "ondine_mtls_handshakes_total{direction=\"outbound\",outcome=\"wrong_identity\"}");
  }

  /** Nothing was sent to the first, so that also a POST may go to the second. */
  @Test
  void anotherEndpointIsTriedAfterAHandshakeFails() throws Exception {
    mesh.more(
        workload.getAddress().getPort() + "/http",
        MeshSide.of(AUTHORITY, ORDERS, AUTHORITY.leaf(ORDERS.spiffeId()).expired().issue()));
    for (var i = 0; i < 6; i++) {
      assertThat(post().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void withoutAnIdentityItFailsClosed() throws Exception {
    mesh.caller.set(Optional.empty());

    var answer = post();

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("no_identity");
    assertThat(seen).isEmpty();
  }

  @Test
  void credentialsAreReplacedUnderRequests() throws Exception {
    for (var i = 0; i < 40; i++) {
      if (i % 4 == 0) {
        mesh.caller.set(Optional.of(MeshSide.of(AUTHORITY, WEB)));
      }
      if (i % 4 == 2) {
        mesh.callee.set(Optional.of(MeshSide.of(AUTHORITY, ORDERS)));
      }
      assertThat(post().statusCode()).isEqualTo(200);
    }
    assertThat(seen).hasSize(40);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP", "HTTP2"})
  void clockThatJumpsByADayFailsClosedAndRecovers(AppProtocol between) throws Exception {
    if (between == AppProtocol.HTTP2) {
      overHttp2();
    }
    assertThat(post().statusCode()).isEqualTo(200);

    mesh.clock.set(NOW.plus(Duration.ofHours(26)));
    var answer = post();
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("expired").contains("clock");

    mesh.clock.set(NOW);
    assertThat(post().statusCode()).isEqualTo(200);
    assertThat(seen).hasSize(2);
  }

  // ---- who may come in without
  // --------------------------------------------------------------------

  private String direct(String request) throws IOException {
    try (var socket = new Socket(LOOPBACK, mesh.inboundPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n";
  }

  @Test
  void strictPortTakesNothingInTheClear() throws Exception {
    assertThatThrownBy(() -> direct(get("/"))).isInstanceOf(SocketException.class);
    assertThatThrownBy(() -> direct("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
        .isInstanceOf(SocketException.class);
    assertThatThrownBy(() -> direct("\u0000\u0001\u0002")).isInstanceOf(SocketException.class);
    assertThat(seen).isEmpty();
    assertThat(post().statusCode()).isEqualTo(200);
  }

  @Test
  void strictPortTakesNoTlsOfOthers() throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anybody()}, null);
    try (var socket = context.getSocketFactory().createSocket("127.0.0.1", mesh.inboundPort())) {
      socket.setSoTimeout(20_000);
      assertThatThrownBy(
              () -> {
                socket.getOutputStream().write(get("/").getBytes(UTF_8));
                if (socket.getInputStream().read() < 0) {
                  throw new IOException("closed");
                }
              })
          .isInstanceOf(IOException.class);
    }
    assertThat(seen).isEmpty();
  }

  /** Believes whatever it is shown, and shows nothing. */
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Test
  void exemptProbeIsAnsweredAndNothingElse() throws Exception {
    var port = workload.getAddress().getPort();
    mesh.policy.set(new InboundSecurity(Mtls.STRICT, Map.of(), Map.of(port, Set.of("/healthz"))));

    assertThat(direct(get("/healthz"))).startsWith("HTTP/1.1 200");
    assertThat(direct(get("/healthz?full"))).startsWith("HTTP/1.1 200");
    for (var path : List.of("/", "/healthz/", "/healthz/../admin", "/healthz;a", "/HEALTHZ")) {
      assertThat(direct(get(path)))
          .as(path)
          .startsWith("HTTP/1.1 403")
          .contains("plaintext_refused");
    }
    assertThat(direct(get("/healthz").replace("GET", "DELETE"))).startsWith("HTTP/1.1 403");
    assertThat(seen).hasSize(2);
    assertThat(seen)
        .allSatisfy(head -> assertThat(head).doesNotContainKey("X-forwarded-client-cert"));
  }

  @Test
  void permissivePortTakesBothAndCountsTheOthers() throws Exception {
    mesh.policy.set(InboundSecurity.of(Mtls.PERMISSIVE));

    assertThat(post().statusCode()).isEqualTo(200);
    assertThat(mesh.callee().plaintextCallers()).isEmpty();
    assertThat(direct(get("/").replace("Host", "x-forwarded-client-cert: URI=x\r\nHost")))
        .startsWith("HTTP/1.1 200");

    assertThat(seen.getLast()).doesNotContainKey("X-forwarded-client-cert");
    assertThat(mesh.callee().plaintextCallers())
        .singleElement()
        .satisfies(
            caller -> {
              assertThat(caller.address()).isEqualTo("127.0.0.1");
              assertThat(caller.connections()).isEqualTo(1);
              assertThat(caller.requests()).isEqualTo(1);
              assertThat(caller.lastSeen()).isEqualTo(NOW);
            });
  }

  /** The connection is open already when the policy changes. */
  @Test
  void requestInTheClearIsRefusedOnceThePortIsStrict() throws Exception {
    mesh.policy.set(InboundSecurity.of(Mtls.PERMISSIVE));
    try (var socket = new Socket(LOOPBACK, mesh.inboundPort())) {
      socket.setSoTimeout(20_000);
      var get = "GET / HTTP/1.1\r\nHost: orders\r\n\r\n".getBytes(UTF_8);
      socket.getOutputStream().write(get);
      assertThat(line(socket)).isEqualTo("HTTP/1.1 200 OK");
      mesh.policy.set(InboundSecurity.of(Mtls.STRICT));
      socket.getOutputStream().write(get("/").getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).contains(" 403 ");
    }
    assertThat(seen).hasSize(1);
  }

  private static String line(Socket socket) throws IOException {
    var line = new StringBuilder();
    for (var c = socket.getInputStream().read(); c != '\r'; c = socket.getInputStream().read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  // ---- TCP
  // ----------------------------------------------------------------------------------------

  /** A workload that answers what it was sent when its client has ended, in upper case. */
  private static void upper(ServerSocket server) {
    Thread.ofVirtual()
        .start(
            () -> {
              while (true) {
                try (var socket = server.accept()) {
                  var all = socket.getInputStream().readAllBytes();
                  socket
                      .getOutputStream()
                      .write(new String(all, UTF_8).toUpperCase(Locale.ROOT).getBytes(UTF_8));
                } catch (IOException _) {
                  return;
                }
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "auto", "tls"})
  void sidesOfAConnectionEndForThemselves(String protocol) throws Exception {
    try (var server = new ServerSocket(0, 50, LOOPBACK)) {
      upper(server);
      mesh.only(mesh.more(server.getLocalPort() + "/" + protocol, MeshSide.of(AUTHORITY, ORDERS)));
      try (var socket = new Socket(LOOPBACK, mesh.redirected())) {
        socket.setSoTimeout(20_000);
        var much = "much, ".repeat(200_000);
        socket.getOutputStream().write(much.getBytes(UTF_8));
        socket.shutdownOutput();
        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
            .isEqualTo(much.toUpperCase(Locale.ROOT));
      }
    }
    await().until(() -> mesh.calleeLog().contains("\"protocol\":\"TCP\""));
    assertThat(mesh.calleeLog()).contains("\"peer_identity\":\"" + WEB + "\"");
    assertThat(mesh.callerLog())
        .contains("\"peer_identity\":\"" + ORDERS + "\"")
        .doesNotContain("\"reason\"");
  }

  @Test
  void serverThatSpeaksFirstAndEndsFirst() throws Exception {
    try (var server = new ServerSocket(0, 50, LOOPBACK)) {
      mesh.only(mesh.more(server.getLocalPort() + "/tcp", MeshSide.of(AUTHORITY, ORDERS)));
      var heard = new CopyOnWriteArrayList<String>();
      Thread.ofVirtual()
          .start(
              () -> {
                while (heard.isEmpty()) { // others look whether it is there
                  try (var socket = server.accept()) {
                    socket.getOutputStream().write("220 ready".getBytes(UTF_8));
                    socket.shutdownOutput();
                    var said = new String(socket.getInputStream().readAllBytes(), UTF_8);
                    if (!said.isEmpty()) {
                      heard.add(said);
                    }
                  } catch (IOException _) {
                    return;
                  }
                }
              });
      try (var socket = new Socket(LOOPBACK, mesh.redirected())) {
        socket.setSoTimeout(20_000);
        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
            .isEqualTo("220 ready");
        socket.getOutputStream().write("QUIT".getBytes(UTF_8));
      }
      await().untilAsserted(() -> assertThat(heard).containsExactly("QUIT"));
    }
  }

  @Test
  void breakingOffIsNoEnd() throws Exception {
    try (var server = new ServerSocket(0, 50, LOOPBACK)) {
      mesh.only(mesh.more(server.getLocalPort() + "/tcp", MeshSide.of(AUTHORITY, ORDERS)));
      Thread.ofVirtual()
          .start(
              () -> {
                while (true) {
                  try (var socket = server.accept()) {
                    if (socket.getInputStream().read() == 'x') {
                      socket.setSoLinger(true, 0); // RST
                    }
                  } catch (IOException _) {
                    return;
                  }
                }
              });
      try (var socket = new Socket(LOOPBACK, mesh.redirected())) {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write('x');
        assertThatThrownBy(() -> socket.getInputStream().read())
            .isInstanceOf(SocketException.class);
      }
    }
  }

  /** Its client waits for the workload's first word, in the clear, at a port that takes both. */
  @Test
  void serverThatSpeaksFirstIsHeardInTheClearToo() throws Exception {
    mesh.policy.set(InboundSecurity.of(Mtls.PERMISSIVE));
    try (var server = new ServerSocket(0, 50, LOOPBACK)) {
      Thread.ofVirtual()
          .start(
              () -> {
                while (true) {
                  try (var socket = server.accept()) {
                    socket.getOutputStream().write("220 ready".getBytes(UTF_8));
                  } catch (IOException _) {
                    return;
                  }
                }
              });
      var endpoint = mesh.more(server.getLocalPort() + "/tcp", MeshSide.of(AUTHORITY, ORDERS));
      try (var socket = new Socket(LOOPBACK, endpoint.port())) {
        socket.setSoTimeout(20_000);
        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
            .isEqualTo("220 ready");
      }
    }
  }
}
