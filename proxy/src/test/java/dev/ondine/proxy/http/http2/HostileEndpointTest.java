package dev.ondine.proxy.http.http2;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an endpoint may not answer, and what becomes of the exchange. */
class HostileEndpointTest {
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
  void answerThatIsCutBeforeItsFirstByteIsProtocolError() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      upstream.headers(head(upstream).stream(), true, ":status", "200", "content-length", "10");

      assertThat(failure())
          .isEqualTo(
              Failure.perhapsSent(
                  Reason.UPSTREAM_PROTOCOL_ERROR,
                  "the answer is 10 bytes shorter than its content-length"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Frame.DATA, Frame.HEADERS})
  void answerThatIsCutBehindItsHeadIsReset(int end) throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      var stream = head(upstream).stream();
      upstream.headers(stream, false, ":status", "200", "content-length", "10");
      client.readUntil(Frame.HEADERS);
      var trailers = end == Frame.HEADERS ? RawHttp2.block("x", "y") : new byte[0];
      upstream.send(end, Frame.END_STREAM | Frame.END_HEADERS, stream, trailers);

      assertThat(client.readUntil(Frame.RST_STREAM)).isPresent();
    }
  }

  @ParameterizedTest
  @CsvSource({"HEAD, 200", "GET, 304"})
  void answerWithoutContentMaySayItsLength(String method, String status) throws Exception {
    client.request(1, true, method, "/");
    try (var upstream = upstream()) {
      upstream.headers(head(upstream).stream(), true, ":status", status, "content-length", "10");

      assertThat(client.fields(client.readUntil(Frame.HEADERS).orElseThrow()))
          .containsEntry(":status", status)
          .containsEntry("content-length", "10");
    }
  }

  @Test
  void contentBeforeTheHeadIsProtocolError() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      var stream = head(upstream).stream();
      upstream.send(Frame.DATA, 0, stream, new byte[10]);
      upstream.headers(stream, true, ":status", "200");

      assertThat(failure())
          .isEqualTo(
              Failure.perhapsSent(
                  Reason.UPSTREAM_PROTOCOL_ERROR, "DATA before the answer's HEADERS"));
      assertThat(upstream.readUntil(Frame.RST_STREAM).orElseThrow().stream()).isEqualTo(stream);
    }
  }

  @Test
  void streamOfTheEndpointsOwnEndsTheConnection() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      var stream = head(upstream).stream();
      upstream.headers(
          2, true, ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a");
      upstream.headers(stream, true, ":status", "200");

      assertThat(failure())
          .satisfies(f -> assertThat(f.reason()).isEqualTo(Reason.UPSTREAM_PROTOCOL_ERROR))
          .satisfies(f -> assertThat(f.delivery()).isEqualTo(Delivery.PERHAPS));
      assertThat(upstream.readUntil(Frame.GOAWAY).orElseThrow().errorCode())
          .isEqualTo(Frame.PROTOCOL_ERROR);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"103", "200"})
  void moreFieldsThanTheLimitAreProtocolError(String status) throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      upstream.headers(head(upstream).stream(), status.equals("200"), fields(status, 101));

      assertThat(failure())
          .isEqualTo(
              Failure.perhapsSent(
                  Reason.UPSTREAM_PROTOCOL_ERROR, "the answer has more than 100 header fields"));
    }
  }

  @Test
  void asManyFieldsAsTheLimitPassAndMoreTrailersDoNot() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      var stream = head(upstream).stream();
      upstream.headers(stream, false, fields("200", 100));
      client.readUntil(Frame.HEADERS);
      var trailers = fields("200", 101);
      upstream.headers(stream, true, Arrays.copyOfRange(trailers, 2, trailers.length));

      assertThat(client.readUntil(Frame.RST_STREAM)).isPresent();
      assertThat(failures).isEmpty(); // it had an answer
    }
  }

  private static String[] fields(String status, int number) {
    var fields = new ArrayList<>(List.of(":status", status));
    for (var field = 0; field < number; field++) {
      fields.addAll(List.of("x" + field, "y"));
    }
    return fields.toArray(String[]::new);
  }

  @Test
  void nameThatWouldBeALineIsNoneInTheReason() throws Exception {
    client.request(1, true, "GET", "/");
    try (var upstream = upstream()) {
      upstream.headers(head(upstream).stream(), true, ":status", "200", "x\r\nevil", "y");

      assertThat(failure().detail()).contains("x\\u000d\\u000aevil");
    }
  }
}
