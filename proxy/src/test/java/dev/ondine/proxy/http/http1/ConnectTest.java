package dev.ondine.proxy.http.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.ForwardingExchange;
import dev.ondine.proxy.http.Hops;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.Wire;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CONNECT: to a proxy behind us, and to us. */
class ConnectTest {
  private static final String ASKS = "CONNECT db:5432 HTTP/1.1\nHost: db:5432\n\n";

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

  private int proxy(HttpService next) throws Exception {
    return hops.http1(
        exchange -> {
          exchange.onEnd(ended::add);
          next.serve(exchange);
        });
  }

  private int forwarding() throws Exception {
    return proxy(hops.to1(server.getLocalPort()));
  }

  private int ending() throws Exception {
    return proxy(hops.toTcp(server.getLocalPort()));
  }

  private HttpExchange lastEnded() throws InterruptedException {
    var last = ended.poll(10, TimeUnit.SECONDS);
    assertThat(last).as("an exchange that has ended").isNotNull();
    return last;
  }

  @Test
  void isForwardedToAProxy() throws Exception {
    try (var client = Wire.connect(forwarding()).lines(ASKS).send("early");
        var endpoint = Wire.accept(server)) {
      assertThat(endpoint.head())
          .startsWith("CONNECT db:5432 HTTP/1.1\nhost: db:5432\n")
          .doesNotContainIgnoringCase("transfer-encoding");
      // Lengths mean nothing here (RFC 9110, section 9.3.6).
      endpoint.lines("HTTP/1.1 200 Fine\nContent-Length: 3\n\n").send("hello");
      assertThat(client.head())
          .startsWith("HTTP/1.1 200 ")
          .doesNotContainIgnoringCase("content-length")
          .doesNotContainIgnoringCase("transfer-encoding");
      assertThat(client.read(5)).isEqualTo("hello");
      assertThat(endpoint.read(5)).isEqualTo("early");
    }
  }

  @Test
  void refusalOfAProxyIsAnOrdinaryAnswer() throws Exception {
    try (var client = Wire.connect(forwarding()).lines(ASKS + "GET / HTTP/1.1\nHost: a\n\n");
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines("HTTP/1.1 407 No\nTransfer-Encoding: chunked\n\n2\nno\n0\n\n");

      assertThat(client.head())
          .startsWith("HTTP/1.1 407 ")
          .containsIgnoringCase("\nconnection: close\n");
      assertThat(client.rest()).isEqualTo("2\r\nno\r\n0\r\n\r\n");
      assertThat(endpoint.rest()).isEmpty();
      lastEnded();
      assertThat(ended).as("further requests").isEmpty();
    }
  }

  @Test
  void becomesATcpConnectionWhereItIsForUs() throws Exception {
    try (var client = Wire.connect(ending()).lines(ASKS);
        var endpoint = Wire.accept(server)) {
      endpoint.send("220 speaks first\n");
      assertThat(client.head()).isEqualTo("HTTP/1.1 200 OK\n\n");
      assertThat(client.read(17)).isEqualTo("220 speaks first\n");
      client.send("HELO");
      assertThat(endpoint.read(4)).isEqualTo("HELO");
    }
  }

  @Test
  void clientMayEndItsSideBeforeTheTunnelIsOpen() throws Exception {
    try (var client = Wire.connect(ending()).lines(ASKS).send("all I have")) {
      client.end();
      try (var endpoint = Wire.accept(server)) {
        assertThat(endpoint.rest()).isEqualTo("all I have");
        endpoint.send("late answer").end();
        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        assertThat(client.rest()).isEqualTo("late answer");
      }
      assertThat(lastEnded().info().reason()).isNull();
    }
  }

  @Test
  void endpointThatBreaksOffIsSeenByTheClient() throws Exception {
    try (var client = Wire.connect(ending()).lines(ASKS)) {
      var endpoint = Wire.accept(server);
      client.head();
      endpoint.reset();

      assertThat(client.isBrokenOff()).isTrue();
      assertThat(lastEnded().info().reason()).hasToString("UPSTREAM_RESET");
    }
  }

  @Test
  void clientThatBreaksOffIsSeenByTheEndpoint() throws Exception {
    try (var client = Wire.connect(ending()).lines(ASKS);
        var endpoint = Wire.accept(server)) {
      client.head();
      client.reset();

      assertThat(endpoint.isBrokenOff()).isTrue();
      assertThat(lastEnded().info().reason()).hasToString("CLIENT_CLOSED");
    }
  }

  @Test
  void nameFromOutsideThatLeadsToThisHostIsRefused() throws Exception {
    var port =
        proxy(
            exchange ->
                hops.toOutsideTcp("localhost", server.getLocalPort())
                    .serve(
                        new ForwardingExchange(exchange) {
                          @Override
                          public void fail(Failure failure) {
                            above.reply(LocalReply.of(failure.reason(), failure.detail()));
                          }
                        }));
    try (var client = Wire.connect(port).lines(ASKS).send("attack")) {
      assertThat(client.head())
          .startsWith("HTTP/1.1 403 ")
          .containsIgnoringCase("x-ondine-reason: not_permitted");
    }
    server.setSoTimeout(1);
    assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CONNECT db HTTP/1.1\nHost: db\n\n",
        "CONNECT [::1] HTTP/1.1\nHost: [::1]\n\n",
        "CONNECT db:0 HTTP/1.1\nHost: db\n\n",
        "CONNECT db:65536 HTTP/1.1\nHost: db\n\n",
        "CONNECT db: HTTP/1.1\nHost: db\n\n",
        "CONNECT :80 HTTP/1.1\nHost: db\n\n",
        "CONNECT / HTTP/1.1\nHost: db\n\n",
        "CONNECT http://db:80/ HTTP/1.1\nHost: db\n\n",
        "CONNECT a@db:80 HTTP/1.1\nHost: db\n\n",
        "CONNECT db:80/ HTTP/1.1\nHost: db\n\n",
        "CONNECT db:80 HTTP/1.1\nHost: db:80\nContent-Length: 3\n\nabc",
        "CONNECT db:80 HTTP/1.1\nHost: db:80\nTransfer-Encoding: chunked\n\n0\n\n",
      })
  void malformedIsRefused(String request) throws Exception {
    try (var client = Wire.connect(forwarding()).lines(request)) {
      assertThat(client.head()).startsWith("HTTP/1.1 400 ");
      assertThat(ended).isEmpty();
    }
  }
}
