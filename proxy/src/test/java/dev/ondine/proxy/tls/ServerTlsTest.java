package dev.ondine.proxy.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ondine.proxy.detect.Detection;
import dev.ondine.proxy.detect.ProtocolDetector;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.http.http1.Http1Acceptor;
import dev.ondine.proxy.http.http1.Http1Settings;
import dev.ondine.proxy.http.http2.Http2Acceptor;
import dev.ondine.proxy.http.http2.Http2Limits;
import dev.ondine.proxy.tls.Handshakes.Outcome;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.DetectingAcceptor;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.FirstBytes;
import dev.ondine.proxy.transport.ListenerSettings;
import dev.ondine.proxy.transport.TcpListener;
import dev.ondine.testkit.tls.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS before the HTTP codecs, on a port that takes plaintext, too. */
class ServerTlsTest {
  private static final TestCertificate EC = TestCertificate.ec();
  private static final TestCertificate RSA = TestCertificate.rsa();

  private final EventLoops loops = EventLoops.start(2);
  private final AtomicReference<Credentials> material = new AtomicReference<>(of(EC));
  private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
  private TcpListener listener;
  private ServerTls tls;

  @BeforeEach
  void start() throws IOException {
    start(TlsSettings.DEFAULTS);
  }

  private void start(TlsSettings settings) throws IOException {
    tls =
        new ServerTls(material::get, settings, 2, (info, outcome, detail) -> outcomes.add(outcome));
    Acceptor http1 =
        new Http1Acceptor(
            ServerTlsTest::echo, Http1Settings.DEFAULTS, () -> false, (info, reason, detail) -> {});
    Acceptor http2 = new Http2Acceptor(ServerTlsTest::echo, Http2Limits.DEFAULTS);
    var inside = detecting(http1, http2, http1);
    listener =
        TcpListener.bind(
            loops,
            ListenerSettings.on(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), Direction.INBOUND),
            detecting(http1, http2, tls.accepting(inside).orElseThrow()));
  }

  private static Acceptor detecting(Acceptor http1, Acceptor http2, Acceptor tls) {
    FirstBytes choice =
        (info, start, last) ->
            switch (ProtocolDetector.detect(start)) {
              case Detection.Http2 _ -> http2;
              case Detection.Tls _ -> tls;
              case Detection.Http1 _, Detection.Opaque _ -> http1;
              case Detection.NeedMore _ -> last ? http1 : null;
            };
    return new DetectingAcceptor(choice, Duration.ofSeconds(10), ProtocolDetector.MAX_BYTES);
  }

  @AfterEach
  void stop() {
    listener.close();
    loops.close();
    tls.close();
  }

  private static Credentials of(TestCertificate certificate) {
    return new Credentials(certificate.chain(), certificate.key());
  }

  private static void echo(HttpExchange exchange) {
    var info = exchange.connection();
    exchange.respond(
        new ResponseHead(
            200,
            Headers.of(
                "x-scheme",
                exchange.request().scheme(),
                "x-tls",
                info.tls().map(tls -> tls.version() + " " + tls.application()).orElse("none"))),
        exchange.requestBody());
  }

  private int port() {
    return ((InetSocketAddress) listener.address()).getPort();
  }

  private HttpRequest post(String scheme, byte[] body) {
    return HttpRequest.newBuilder(URI.create(scheme + "://localhost:" + port() + "/"))
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  private SSLSocket connect(TestCertificate trusted, String... protocols) throws Exception {
    var socket =
        (SSLSocket)
            trusted
                .client()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout(10_000);
    if (protocols.length > 0) {
      socket.setEnabledProtocols(protocols);
    }
    return socket;
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void bothVersionsOfHttpAndPlaintextOnOnePort(HttpClient.Version version) throws Exception {
    var body = new byte[1_000_000];
    try (var client = HttpClient.newBuilder().version(version).sslContext(EC.client()).build()) {
      var secure = client.send(post("https", body), BodyHandlers.ofByteArray());

      assertThat(secure.version()).isEqualTo(version);
      assertThat(secure.headers().firstValue("x-scheme")).hasValue("https");
      assertThat(secure.headers().firstValue("x-tls"))
          .hasValue(
              "TLSv1.3 Optional" + (version == HttpClient.Version.HTTP_2 ? "[h2]" : ".empty"));
      assertThat(secure.body()).isEqualTo(body);
      var plain = client.send(post("http", body), BodyHandlers.ofByteArray());
      assertThat(plain.headers().firstValue("x-scheme")).hasValue("http");
      assertThat(plain.headers().firstValue("x-tls")).hasValue("none");
      assertThat(plain.body()).isEqualTo(body);
    }
    assertThat(outcomes).containsOnly(Outcome.COMPLETED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void clientWithoutAlpnIsServedByItsBytesAndEndsInOrder(String protocol) throws Exception {
    try (var socket = connect(EC, protocol)) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));

      // A TLS stream that ends without close_notify would throw here.
      var answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.1 200 ").contains("x-tls: " + protocol);
    }
  }

  @Test
  void refusedRequestEndsInOrderToo() throws Exception {
    try (var socket = connect(EC)) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));

      assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void replacedCredentialsAreShownToThoseWhoConnectLater() throws Exception {
    try (var before = connect(EC)) {
      before.startHandshake();
      material.set(of(RSA));
      for (var i = 0; i < 4; i++) { // on each loop
        try (var after = connect(RSA)) {
          after.startHandshake();
          assertThat(after.getSession().getPeerCertificates()[0]).isEqualTo(RSA.chain().getFirst());
        }
      }
      before
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(before.getInputStream().readAllBytes()).isNotEmpty();
    }
  }

  @Test
  void clientThatDoesNotTrustUsIsCounted() throws Exception {
    try (var socket = connect(RSA)) {
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
    }
    await().untilAsserted(() -> assertThat(outcomes).containsExactly(Outcome.REFUSED));
  }

  @Test
  void tooLongClientHelloIsRefused() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout(10_000);
      var out = socket.getOutputStream();
      // The handshake message says that it is 64 KiB long, in records of 16,000 bytes.
      out.write(new byte[] {22, 3, 1, 62, (byte) 128, 1, 1, 0, 0, 3, 3});
      out.write(new byte[15_994]);
      readToTheEnd(socket);
    }
    await().untilAsserted(() -> assertThat(outcomes).containsExactly(Outcome.REFUSED));
  }

  @Test
  void noiseThatBeginsLikeTlsIsRefused() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(new byte[] {22, 3, 1, 0, 8, 1, 0, 0, 4, 9, 9, 9, 9});
      readToTheEnd(socket);
    }
    await().untilAsserted(() -> assertThat(outcomes).containsExactly(Outcome.REFUSED));
  }

  @Test
  void clientThatNeverFinishesIsClosed() throws Exception {
    listener.close();
    start(new TlsSettings(Duration.ofMillis(200), 16_384));
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(new byte[] {22, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3});
      readToTheEnd(socket);
    }
    await().untilAsserted(() -> assertThat(outcomes).containsExactly(Outcome.TIMED_OUT));
  }

  @Test
  void clientThatLeavesInTheMiddleIsCounted() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.getOutputStream().write(new byte[] {22, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3});
    }
    await().untilAsserted(() -> assertThat(outcomes).hasSize(1));
  }

  private static void readToTheEnd(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
    } catch (java.net.SocketException _) {
      // reset: as good
    }
  }
}
