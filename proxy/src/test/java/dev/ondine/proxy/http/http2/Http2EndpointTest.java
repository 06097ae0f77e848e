package dev.ondine.proxy.http.http2;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Failure.Delivery;
import dev.ondine.proxy.http.ForwardingExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of an exchange when its endpoint misbehaves or goes away. */
class Http2EndpointTest {
  private final BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
  private ServerSocket listening;
  private Relay relay;
  private RawHttp2 client;

  @BeforeEach
  void start() throws IOException {
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    relay = Relay.to(listening.getLocalPort(), Keepalive.OFF, this::noting);
    client = RawHttp2.connect(relay.port());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    relay.close();
    listening.close();
  }

  private HttpService noting(HttpService endpoint) {
    return exchange ->
        endpoint.serve(
            new ForwardingExchange(exchange) {
              @Override
              public void fail(Failure failure) {
                failures.add(failure);
                super.fail(failure);
              }
            });
  }

  private Failure failure() throws InterruptedException {
    return failures.poll(10, TimeUnit.SECONDS);
  }

  private RawHttp2 upstream() throws IOException {
    return RawHttp2.accept(listening);
  }

  private static Frame head(RawHttp2 upstream) throws IOException {
    return upstream.readUntil(Frame.HEADERS).orElseThrow();
  }

  @Test
  void nobodyListening() throws Exception {
    listening.close();
    client.request(1, true, "GET", "/");

    assertThat(failure())
        .satisfies(f -> assertThat(f.reason()).isEqualTo(Reason.UPSTREAM_CONNECT_FAILURE))
        .satisfies(f -> assertThat(f.delivery()).isEqualTo(Delivery.NOT_SENT));
  }

  @Test
  void refusedStreamWasNotSent() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      upstream.sendInt(Frame.RST_STREAM, head(upstream).stream(), Frame.REFUSED_STREAM);

      assertThat(failure())
          .isEqualTo(Failure.notSent(Reason.UPSTREAM_RESET, "the endpoint refused the stream"));
    }
  }

  @Test
  void streamAboveTheLastOneWasNotSentAndTheOthersGoOn() throws Exception {
    client.request(1, true, "GET", "/a");
    try (var upstream = upstream()) {
      var first = head(upstream).stream();
      client.request(3, true, "GET", "/b");
      head(upstream);
      upstream.goAway(first, Frame.NO_ERROR);

      assertThat(failure().delivery()).isEqualTo(Delivery.NOT_SENT);
      upstream.headers(first, true, ":status", "204");
      assertThat(client.readUntil(Frame.HEADERS).orElseThrow().stream()).isEqualTo(1);
      assertThat(upstream.readUntil(frame -> false)).isEmpty(); // then it is closed
    }
  }

  @Test
  void afterGoawayAnotherConnectionIsMade() throws Exception {
    client.request(1, true, "GET", "/a");
    try (var upstream = upstream()) {
      var first = head(upstream).stream();
      upstream.goAway(first, Frame.NO_ERROR);
      upstream.send(Frame.PING, 0, 0, new byte[8]).readUntil(Frame.PING); // it has read that
      client.request(3, true, "GET", "/b");
      try (var next = upstream()) {
        next.headers(head(next).stream(), true, ":status", "204");
        assertThat(client.readUntil(Frame.HEADERS).orElseThrow().stream()).isEqualTo(3);
      }
    }
  }

  @Test
  void resetStreamPerhapsWasSent() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      upstream.sendInt(Frame.RST_STREAM, head(upstream).stream(), Frame.CANCEL);

      assertThat(failure().delivery()).isEqualTo(Delivery.PERHAPS);
    }
  }

  @Test
  void brokenConnectionPerhapsDelivered() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      head(upstream);
    }

    assertThat(failure())
        .isEqualTo(Failure.perhapsSent(Reason.UPSTREAM_RESET, "the connection closed"));
  }

  @Test
  void answerThatBreaksOffIsReset() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      var stream = head(upstream).stream();
      upstream.headers(stream, false, ":status", "200");
      upstream.send(Frame.DATA, 0, stream, new byte[10]);
      client.readUntil(Frame.DATA);
    }

    assertThat(client.readUntil(Frame.RST_STREAM)).isPresent();
  }

  @Test
  void malformedAnswerIsProtocolError() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      upstream.headers(head(upstream).stream(), true, ":status", "200", "connection", "close");

      assertThat(failure().reason()).isEqualTo(Reason.UPSTREAM_PROTOCOL_ERROR);
    }
  }

  @Test
  void shorterAnswerThanAnnouncedIsReset() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      var stream = head(upstream).stream();
      upstream.headers(stream, false, ":status", "200", "content-length", "10");
      upstream.send(Frame.DATA, Frame.END_STREAM, stream, new byte[9]);

      assertThat(client.readUntil(Frame.RST_STREAM)).isPresent();
    }
  }

  @Test
  void http1AnswerIsProtocolError() throws Exception {
    client.request(1, true, "GET", "/");
    try (var socket = listening.accept()) {
      socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));

      assertThat(failure().reason()).isEqualTo(Reason.UPSTREAM_PROTOCOL_ERROR);
    }
  }

  @Test
  void interimAnswersPass() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      var stream = head(upstream).stream();
      upstream.headers(stream, false, ":status", "103", "link", "</a>");
      upstream.headers(stream, true, ":status", "204");

      assertThat(client.fields(client.readUntil(Frame.HEADERS).orElseThrow()))
          .containsEntry(":status", "103")
          .containsEntry("link", "</a>");
      assertThat(client.fields(client.readUntil(Frame.HEADERS).orElseThrow()))
          .containsEntry(":status", "204");
    }
  }

  @Test
  void seventeenInterimAnswersAreTooMany() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      var stream = head(upstream).stream();
      for (var i = 0; i < 17; i++) {
        upstream.headers(stream, false, ":status", "103");
      }

      assertThat(failure().reason()).isEqualTo(Reason.UPSTREAM_PROTOCOL_ERROR);
      assertThat(upstream.readUntil(Frame.RST_STREAM).orElseThrow().stream()).isEqualTo(stream);
      for (var i = 0; i < 16; i++) {
        assertThat(client.fields(client.readUntil(Frame.HEADERS).orElseThrow()))
            .containsEntry(":status", "103");
      }
      assertThat(client.readUntil(Frame.RST_STREAM)).isPresent();
    }
  }

  @Test
  void interimAnswerThatEndsIsProtocolError() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      upstream.headers(head(upstream).stream(), true, ":status", "103");

      assertThat(failure().reason()).isEqualTo(Reason.UPSTREAM_PROTOCOL_ERROR);
    }
  }

  @Test
  void earlyAnswerEndsTheUpload() throws Exception {
    client.request(1, false, "POST", "/");
    try (var upstream = upstream()) {
      var stream = head(upstream).stream();
      upstream.headers(stream, true, ":status", "413");

      assertThat(upstream.readUntil(Frame.RST_STREAM).orElseThrow().stream()).isEqualTo(stream);
      assertThat(client.readUntil(Frame.HEADERS).orElseThrow().has(Frame.END_STREAM)).isTrue();
      assertThat(client.readUntil(Frame.RST_STREAM).orElseThrow().errorCode())
          .isEqualTo(Frame.NO_ERROR);
    }
  }

  @Test
  void leavingClientResetsTheStream() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      var stream = head(upstream).stream();
      client.sendInt(Frame.RST_STREAM, 1, Frame.CANCEL);

      var reset = upstream.readUntil(Frame.RST_STREAM).orElseThrow();
      assertThat(reset.stream()).isEqualTo(stream);
      assertThat(reset.errorCode()).isEqualTo(Frame.CANCEL);
    }
  }

  @Test
  void silentEndpointIsGivenUp() throws Exception {
    var quick = new Keepalive(Duration.ofMillis(100), Duration.ofMillis(100));
    try (var impatient = Relay.to(listening.getLocalPort(), quick, this::noting);
        var other = RawHttp2.connect(impatient.port())) {
      other.request(1, true, "GET", "/");
      try (var upstream = upstream()) {
        head(upstream);
        upstream.readUntil(Frame.PING); // and says nothing

        assertThat(failure())
            .isEqualTo(Failure.perhapsSent(Reason.UPSTREAM_RESET, "no answer to a PING"));
      }
    }
  }

  @Test
  void moreStreamsThanOneConnectionTakesMakeAnother() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      upstream.setting(3, 1); // MAX_CONCURRENT_STREAMS
      head(upstream);
      upstream.send(Frame.PING, 0, 0, new byte[8]).readUntil(Frame.PING);
      client.request(3, true, "GET", "/");
      try (var next = upstream()) {
        next.headers(head(next).stream(), true, ":status", "204");
        assertThat(client.readUntil(Frame.HEADERS).orElseThrow().stream()).isEqualTo(3);
      }
    }
    await().until(() -> failures.size() == 1); // the first one broke off
  }

  @Test
  void burstOnNewConnectionWaitsForTheEndpointsLimit() throws Exception {
    for (var stream = 1; stream <= 5; stream += 2) {
      client.request(stream, true, "GET", "/");
    }
    for (var number = 0; number < 3; number++) { // one stream on each of three connections
      try (var upstream = RawHttp2.accept(listening, 3, 1)) { // MAX_CONCURRENT_STREAMS
        var first = head(upstream).stream();
        upstream.send(Frame.PING, 0, 0, new byte[8]);
        var next =
            upstream
                .readUntil(
                    frame ->
                        frame.type() == Frame.HEADERS
                            || (frame.type() == Frame.PING && frame.has(Frame.ACK)))
                .orElseThrow();
        assertThat(next.type()).isEqualTo(Frame.PING);
        upstream.goAway(first, Frame.NO_ERROR); // the rest goes elsewhere
        upstream.headers(first, true, ":status", "204");
        assertThat(client.fields(client.readUntil(Frame.HEADERS).orElseThrow()))
            .containsEntry(":status", "204");
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void streamsBeyondWhatTheEndpointAllowsWaitTheirTurnAndHaveABound() throws Exception {
    try (var small = Relay.to(listening.getLocalPort(), Keepalive.OFF, 1, 1, this::noting);
        var other = RawHttp2.connect(small.port())) {
      other.request(1, true, "GET", "/");
      try (var upstream = upstream()) {
        upstream.setting(3, 1); // MAX_CONCURRENT_STREAMS
        var first = head(upstream).stream();
        upstream.send(Frame.PING, 0, 0, new byte[8]).readUntil(Frame.PING);
        other.request(3, true, "GET", "/");
        other.request(5, true, "GET", "/");

        assertThat(failure())
            .satisfies(f -> assertThat(f.reason()).isEqualTo(Reason.OVERLOAD))
            .satisfies(f -> assertThat(f.delivery()).isEqualTo(Delivery.NOT_SENT));
        upstream.headers(first, true, ":status", "204");
        var second = head(upstream).stream(); // not before
        assertThat(second).isGreaterThan(first);
        upstream.headers(second, true, ":status", "204");
        other.readUntil(frame -> frame.type() == Frame.HEADERS && frame.stream() == 3);
      }
    }
  }

  @Test
  void endpointThatAnswersPingsIsNotGivenUp() throws Exception {
    var quick = new Keepalive(Duration.ofMillis(50), Duration.ofSeconds(5));
    try (var patient = Relay.to(listening.getLocalPort(), quick, this::noting);
        var other = RawHttp2.connect(patient.port())) {
      other.request(1, true, "GET", "/");
      try (var upstream = upstream()) {
        var stream = head(upstream).stream();
        for (var i = 0; i < 3; i++) {
          var ping = upstream.readUntil(Frame.PING).orElseThrow();
          var echo = new byte[8];
          ping.payload().duplicate().get(echo);
          upstream.send(Frame.PING, Frame.ACK, 0, echo);
        }
        upstream.headers(stream, true, ":status", "204");
        assertThat(other.readUntil(Frame.HEADERS).orElseThrow().stream()).isEqualTo(1);
      }
    }
  }
}
