package dev.ondine.proxy.http.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.Endpoint;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.PoolFactory;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.http.http1.Http1Acceptor;
import dev.ondine.proxy.http.http1.Http1Pools;
import dev.ondine.proxy.http.http1.Http1Settings;
import dev.ondine.proxy.tls.Plaintext;
import dev.ondine.proxy.tls.TransportSecurity;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.ListenerSettings;
import dev.ondine.proxy.transport.TcpConnector;
import dev.ondine.proxy.transport.TcpListener;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A caller of one version, an endpoint of the other; both are ours. */
class TranslationTest {
  private final EventLoops loops = EventLoops.start(1);
  private final List<TcpListener> listeners = new ArrayList<>();

  @AfterEach
  void stop() {
    listeners.forEach(TcpListener::close);
    loops.close();
  }

  private int listen(Acceptor acceptor) throws IOException {
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var listener =
        TcpListener.bind(loops, ListenerSettings.on(loopback, Direction.OUTBOUND), acceptor);
    listeners.add(listener);
    return ((InetSocketAddress) listener.address()).getPort();
  }

  private static Acceptor http1(HttpService service) {
    return new Http1Acceptor(
        service, Http1Settings.DEFAULTS, () -> false, (connection, reason, detail) -> {});
  }

  private static Acceptor http2(HttpService service) {
    return new Http2Acceptor(service, Http2Limits.DEFAULTS);
  }

  private static HttpService to(PoolFactory pools, int port) {
    return pools.open(
        Endpoint.of("127.0.0.1", port),
        TransportSecurity.Expected.PLAINTEXT,
        Duration.ofSeconds(5));
  }

  private PoolFactory pools1() {
    return new Http1Pools(
        loops.all().getFirst(),
        new EndpointConnector(
            new TcpConnector(loops, Map.of(), TcpConnector.Guard.OFF), new Plaintext()),
        Http1Settings.DEFAULTS,
        RandomGenerator.getDefault());
  }

  private PoolFactory pools2() {
    return new Http2Pools(
        loops.all().getFirst(),
        new EndpointConnector(
            new TcpConnector(loops, Map.of(), TcpConnector.Guard.OFF), new Plaintext()),
        Http2PoolSettings.DEFAULTS);
  }

  /** Shows the request's head in the answer's, and sends body and trailers back. */
  private static void echo(HttpExchange exchange) {
    var request = exchange.request();
    var seen = request.method() + " " + request.authority() + request.path();
    exchange.respond(
        new ResponseHead(200, Headers.of("x-seen", seen, "x-sent", request.version().text())),
        exchange.requestBody());
  }

  @Test
  void http1CallerOfHttp2Endpoint() throws Exception {
    var port = listen(http1(to(pools2(), listen(http2(TranslationTest::echo)))));
    try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.setSoTimeout(10_000);
      client
          .getOutputStream()
          .write(
              """
              POST /a?b HTTP/1.1\r
              Host: shop:8080\r
              Transfer-Encoding: chunked\r
              TE: trailers\r
              X-Upper: Case\r
              Connection: close, TE\r
              \r
              5\r
              hello\r
              0\r
              X-End: 1\r
              \r
              """
                  .getBytes(ISO_8859_1));
      var answer = new String(client.getInputStream().readAllBytes(), ISO_8859_1);

      assertThat(answer)
          .startsWith("HTTP/1.1 200 ")
          .contains("x-seen: POST shop:8080/a?b\r\n", "x-sent: HTTP/2\r\n")
          .endsWith("5\r\nhello\r\n0\r\nx-end: 1\r\n\r\n");
    }
  }

  @Test
  void http2CallerOfHttp1Endpoint() throws Exception {
    var port = listen(http2(to(pools1(), listen(http1(TranslationTest::echo)))));
    try (var client = RawHttp2.connect(port)) {
      client.request(1, false, "POST", "/a?b");
      client.send(Frame.DATA, 0, 1, "hello".getBytes(ISO_8859_1));
      client.headers(1, true, "x-end", "1");

      var head = client.readUntil(Frame.HEADERS).orElseThrow();
      assertThat(client.fields(head))
          .containsEntry(":status", "200")
          .containsEntry("x-seen", "POST test/a?b")
          .containsEntry("x-sent", "HTTP/1.1")
          .doesNotContainKeys("transfer-encoding", "connection");
      assertThat(client.readUntil(Frame.DATA).orElseThrow().text()).isEqualTo("hello");
      var trailers = client.readUntil(Frame.HEADERS).orElseThrow();
      assertThat(trailers.has(Frame.END_STREAM)).isTrue();
      assertThat(client.fields(trailers)).containsEntry("x-end", "1");
    }
  }

  @Test
  void bodyWithoutEndFlowsThroughBoth() throws Exception {
    var port = listen(http2(to(pools1(), listen(http1(TranslationTest::echo)))));
    try (var client = RawHttp2.connect(port)) {
      client.request(1, false, "POST", "/");
      for (var sent = 0; sent < 300_000; sent += 10_000) { // beyond every window
        client.send(Frame.DATA, 0, 1, new byte[10_000]);
        for (var got = 0; got < 10_000; ) {
          got += client.readUntil(Frame.DATA).orElseThrow().length();
        }
        client.sendInt(Frame.WINDOW_UPDATE, 0, 10_000);
        client.sendInt(Frame.WINDOW_UPDATE, 1, 10_000);
      }
    }
  }
}
