package dev.ondine.proxy.http.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.ForwardingExchange;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.Hops;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.http.Wire;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How messages begin and end on their way through a proxy of HTTP/1.1. */
class FramingTest {
  private static final String GET = "GET / HTTP/1.1\nHost: shop\n\n";

  private final Hops hops = new Hops();
  private ServerSocket server;
  private int port;

  @BeforeEach
  void start() throws Exception {
    server = Wire.listen();
    var next = hops.to1(server.getLocalPort());
    port =
        hops.http1(
            exchange ->
                next.serve(
                    new ForwardingExchange(exchange) {
                      @Override
                      public void fail(Failure failure) {
                        above.reply(LocalReply.of(failure.reason(), failure.detail()));
                      }
                    }));
  }

  @AfterEach
  void stop() throws Exception {
    hops.close();
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "content-length: 5, hello",
    "transfer-encoding: chunked, '5\r\nhello\r\n0\r\n\r\n'",
  })
  void bodiesPassBothWaysAndTheConnectionsGoOn(String framing, String body) throws Exception {
    try (var client = Wire.connect(port)) {
      client.lines("POST / HTTP/1.1\nHost: shop\n" + framing + "\n\n").send(body);
      try (var endpoint = Wire.accept(server)) {
        for (var round = 0; round < 2; round++) {
          assertThat(endpoint.head()).startsWith("POST / ").contains("\n" + framing + "\n");
          assertThat(endpoint.read(body.length())).isEqualTo(body);
          endpoint.lines("HTTP/1.1 200 OK\n" + framing + "\n\n").send(body);
          assertThat(client.head()).contains("\n" + framing + "\n").doesNotContain("close");
          assertThat(client.read(body.length())).isEqualTo(body);
          client.lines("POST / HTTP/1.1\nHost: shop\n" + framing + "\n\n").send(body);
        }
      }
    }
  }

  @Test
  void trailersPassBothWaysWithoutWhatMustNotComeInThem() throws Exception {
    var body = "2\r\nhi\r\n0\r\nX-End: 1\r\nContent-Length: 9\r\nHost: evil\r\n\r\n";
    var passed = "2\r\nhi\r\n0\r\nX-End: 1\r\n\r\n";
    try (var client =
            Wire.connect(port)
                .lines("POST / HTTP/1.1\nHost: shop\nTransfer-Encoding: chunked\n\n")
                .send(body);
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      assertThat(endpoint.read(passed.length())).isEqualTo(passed);
      endpoint.lines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n").send(body);
      client.head();
      assertThat(client.read(passed.length())).isEqualTo(passed);
    }
  }

  @Test
  void answerThatEndsWithItsConnectionIsChunkedForTheClient() throws Exception {
    try (var client = Wire.connect(port).lines(GET)) {
      try (var endpoint = Wire.accept(server)) {
        endpoint.head();
        endpoint.lines("HTTP/1.1 200 OK\n\n").send("hello");
      }
      assertThat(client.head()).contains("\ntransfer-encoding: chunked\n").doesNotContain("close");
      assertThat(client.read(15)).isEqualTo("5\r\nhello\r\n0\r\n\r\n");
    }
  }

  @Test
  void answerThatEndsWithItsConnectionStaysSoForHttp10() throws Exception {
    try (var client = Wire.connect(port).lines("GET / HTTP/1.0\nHost: shop\n\n")) {
      try (var endpoint = Wire.accept(server)) {
        assertThat(endpoint.head()).startsWith("GET / HTTP/1.1\n");
        endpoint.lines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n");
      }
      assertThat(client.head()).doesNotContain("transfer-encoding");
      assertThat(client.rest()).isEqualTo("hello");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 9\n\nhel",
        "Transfer-Encoding: chunked\n\n5\nhel",
        "Transfer-Encoding: chunked\n\n3\nhel\n"
      })
  void answerThatIsCutOffDoesNotLookComplete(String answer) throws Exception {
    try (var client = Wire.connect(port).lines(GET)) {
      try (var endpoint = Wire.accept(server)) {
        endpoint.head();
        endpoint.lines("HTTP/1.1 200 OK\n" + answer);
        client.head(); // else both could come at once, and there would be no answer at all
      }
      assertThat(client.isBrokenOff()).isTrue();
    }
  }

  @Test
  void answerWithoutLengthThatBreaksOffDoesNotLookComplete() throws Exception {
    try (var client = Wire.connect(port).lines(GET)) {
      var endpoint = Wire.accept(server);
      endpoint.head();
      endpoint.lines("HTTP/1.1 200 OK\n\n").send("hel");
      client.head();
      client.read(8); // 3, hel
      endpoint.reset();

      assertThat(client.isBrokenOff()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"HEAD, 200, 5", "GET, 304, 5", "GET, 204, ", "HEAD, 404, 7"})
  void answerWithoutBodyKeepsWhatItSaysOfTheBody(String method, int status, String length)
      throws Exception {
    var stated = length == null ? "" : "content-length: " + length + "\n";
    try (var client = Wire.connect(port).lines(method + " / HTTP/1.1\nHost: shop\n\n");
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines("HTTP/1.1 " + status + " Fine\n" + stated + "\n");
      assertThat(client.head())
          .startsWith("HTTP/1.1 " + status + " ")
          .contains("\n" + stated)
          .doesNotContain("transfer-encoding")
          .doesNotContain("close");

      client.lines(GET); // both connections are at the start of a message
      assertThat(endpoint.head()).startsWith("GET / ");
      endpoint.lines("HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
      client.head();
      assertThat(client.read(2)).isEqualTo("ok");
    }
  }

  @Test
  void interimAnswersPassBeforeTheFinalOne() throws Exception {
    try (var client = Wire.connect(port).lines(GET);
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines("HTTP/1.1 103 Early Hints\nLink: </a>\n\nHTTP/1.1 102 Processing\n\n");
      assertThat(client.head()).startsWith("HTTP/1.1 103 ").contains("Link: </a>\n");
      assertThat(client.head()).startsWith("HTTP/1.1 102 ");
      endpoint.lines("HTTP/1.1 200 OK\nContent-Length: 0\n\n");
      assertThat(client.head()).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void interimAnswersAreNotForHttp10() throws Exception {
    try (var client = Wire.connect(port).lines("GET / HTTP/1.0\nHost: shop\n\n");
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines("HTTP/1.1 103 Early\n\nHTTP/1.1 200 OK\nContent-Length: 0\n\n");
      assertThat(client.head()).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void interimAnswersWithoutEndAreAFault() throws Exception {
    try (var client = Wire.connect(port).lines(GET);
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines("HTTP/1.1 103 Early\n\n".repeat(17));
      for (var i = 0; i < 16; i++) {
        assertThat(client.head()).startsWith("HTTP/1.1 103 ");
      }
      assertThat(client.head()).startsWith("HTTP/1.1 502 ");
      assertThat(endpoint.isBrokenOff()).isTrue();
    }
  }

  @Test
  void clientThatWaitsFor100GetsItFromTheEndpoint() throws Exception {
    try (var client = Wire.connect(port);
        var _ =
            client.lines(
                "POST / HTTP/1.1\nHost: shop\nExpect: 100-continue\nContent-Length: 2\n\n");
        var endpoint = Wire.accept(server)) {
      assertThat(endpoint.head()).containsIgnoringCase("\nexpect: 100-continue\n");
      endpoint.lines("HTTP/1.1 100 Continue\n\n");
      assertThat(client.head()).startsWith("HTTP/1.1 100 ");
      client.send("hi");
      assertThat(endpoint.read(2)).isEqualTo("hi");
      endpoint.lines("HTTP/1.1 200 OK\nContent-Length: 0\n\n");
      assertThat(client.head()).startsWith("HTTP/1.1 200 ").doesNotContain("close");
    }
  }

  @Test
  void refusalInsteadOf100EndsTheConnection() throws Exception {
    try (var client = Wire.connect(port);
        var _ =
            client.lines(
                "POST / HTTP/1.1\nHost: shop\nExpect: 100-continue\nContent-Length: 2\n\n");
        var endpoint = Wire.accept(server)) {
      endpoint.head();
      endpoint.lines("HTTP/1.1 413 No\nContent-Length: 0\n\n");
      assertThat(client.head())
          .startsWith("HTTP/1.1 413 ")
          .as("nobody knows whether two bytes more are body or request")
          .contains("\nconnection: close\n");
      assertThat(endpoint.rest()).isEmpty();
    }
  }

  @Test
  void otherExpectationIsRefused() throws Exception {
    try (var client =
        Wire.connect(port).lines("GET / HTTP/1.1\nHost: shop\nExpect: miracles\n\n")) {
      assertThat(client.head()).startsWith("HTTP/1.1 417 ");
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    var all = new StringBuilder();
    for (var i = 0; i < 100; i++) {
      all.append("POST /").append(i).append(" HTTP/1.1\nHost: shop\nContent-Length: 2\n\nab");
    }
    var underWay = new AtomicInteger();
    var endpoint =
        hops.http1(
            exchange -> {
              exchange.onEnd(_ -> underWay.decrementAndGet());
              var path = exchange.request().path();
              var status = underWay.incrementAndGet() > 1 ? 500 : 200;
              exchange.respond(
                  new ResponseHead(status, Headers.of("x-path", path)), exchange.requestBody());
            });
    try (var client = Wire.connect(hops.http1(hops.to1(endpoint))).lines(all.toString())) {
      for (var i = 0; i < 100; i++) {
        assertThat(client.head()).startsWith("HTTP/1.1 200 ").contains("x-path: /" + i + "\n");
        assertThat(client.read(2)).isEqualTo("ab");
      }
    }
  }
}
