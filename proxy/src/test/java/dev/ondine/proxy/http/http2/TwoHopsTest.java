package dev.ondine.proxy.http.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.Hops;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What two hops, as of two sidecars, must neither lose, nor hold, nor make up. */
class TwoHopsTest {
  private static final int WINDOW = 65_535;

  /** By which version the first hop speaks to the second. */
  enum Between {
    HTTP1,
    HTTP2
  }

  private final Hops hops = new Hops();
  private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> aborted = new LinkedBlockingQueue<>();
  private final AtomicLong asked = new AtomicLong();

  @AfterEach
  void stop() {
    hops.close();
  }

  private int http1Caller(Between between) throws IOException {
    return switch (between) {
      case HTTP1 -> hops.http1(hops.to1(hops.http1(this::serve)));
      case HTTP2 -> hops.http1(hops.to2(hops.http2(this::serve)));
    };
  }

  private int http2Caller(Between between) throws IOException {
    return switch (between) {
      case HTTP1 -> hops.http2(hops.to1(hops.http1(this::serve)));
      case HTTP2 -> hops.http2(hops.to2(hops.http2(this::serve)));
    };
  }

  private void serve(HttpExchange exchange) {
    var path = exchange.request().path();
    begun.add(path);
    exchange.onAbort(() -> aborted.add(path));
    switch (path) {
      case "/hold" -> {
        exchange.requestBody().subscribe(new Taking());
        exchange.requestBody().request(1 << 20);
      }
      case "/endless" -> exchange.respond(new ResponseHead(200, Headers.of()), new Endless());
      case "/204" -> exchange.respond(new ResponseHead(204, Headers.of()), BodyStream.empty());
      case "/304" -> exchange.respond(ofFive(304), BodyStream.empty());
      default -> exchange.respond(ofFive(200), body(exchange));
    }
  }

  private static ResponseHead ofFive(int status) {
    return new ResponseHead(status, Headers.of("content-length", "5", "etag", "\"1\""));
  }

  private static BodyStream body(HttpExchange exchange) {
    return exchange.request().method().equals("HEAD")
        ? BodyStream.empty()
        : BodyStream.of(Bytes.of("hello"));
  }

  /** Takes a body and does nothing with it. */
  private record Taking() implements BodyStream.Receiver {
    @Override
    public void data(Bytes bytes) {
      bytes.release();
    }

    @Override
    public void end(Headers trailers) {}

    @Override
    public void failed(Failure failure) {}
  }

  /** A body that gives what it is asked for, and counts that. */
  private final class Endless implements BodyStream {
    private @Nullable Receiver receiver;

    @Override
    public long length() {
      return UNKNOWN;
    }

    @Override
    public void subscribe(Receiver receiver) {
      this.receiver = receiver;
    }

    @Override
    public void request(long bytes) {
      asked.addAndGet(bytes);
      requireNonNull(receiver).data(Bytes.of(new byte[(int) bytes]));
    }

    @Override
    public void cancel() {}
  }

  @ParameterizedTest
  @CsvSource({
    "HEAD, /200, HTTP1", "GET, /204, HTTP1", "GET, /304, HTTP1",
    "HEAD, /200, HTTP2", "GET, /204, HTTP2", "GET, /304, HTTP2"
  })
  void http1AnswerWithoutBodyIsFollowedByTheNext(String method, String path, Between between)
      throws Exception {
    try (var client = new Socket(InetAddress.getLoopbackAddress(), http1Caller(between))) {
      client.setSoTimeout(10_000);
      var requests =
          method
              + " "
              + path
              + " HTTP/1.1\r\nHost: a\r\n\r\n"
              + "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
      client.getOutputStream().write(requests.getBytes(ISO_8859_1));
      var answers = new String(client.getInputStream().readAllBytes(), ISO_8859_1);

      var end = answers.indexOf("\r\n\r\n") + 4;
      var first = answers.substring(0, end).toLowerCase(Locale.ROOT);
      assertThat(first).startsWith("http/1.1 " + path.substring(1));
      assertThat(first.contains("content-length: 5")).isEqualTo(!path.equals("/204"));
      assertThat(first).doesNotContain("transfer-encoding");
      assertThat(answers.substring(end)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nhello");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HEAD, /200, HTTP1", "GET, /204, HTTP1", "GET, /304, HTTP1",
    "HEAD, /200, HTTP2", "GET, /204, HTTP2", "GET, /304, HTTP2"
  })
  void http2AnswerWithoutBodyIsItsHead(String method, String path, Between between)
      throws Exception {
    try (var client = RawHttp2.connect(http2Caller(between))) {
      client.request(1, true, method, path);
      var head = client.readUntil(Frame.HEADERS).orElseThrow();
      assertThat(head.has(Frame.END_STREAM)).isTrue();
      var fields = client.fields(head);
      assertThat(fields).containsEntry(":status", path.substring(1));
      assertThat("5".equals(fields.get("content-length"))).isEqualTo(!path.equals("/204"));

      client.request(3, true, "GET", "/next");
      var next = client.readUntil(Frame.HEADERS).orElseThrow();
      assertThat(next.stream()).isEqualTo(3);
      assertThat(client.readUntil(Frame.DATA).orElseThrow().text()).isEqualTo("hello");
    }
  }

  @ParameterizedTest
  @CsvSource({"9, HTTP1", "11, HTTP1", "9, HTTP2", "11, HTTP2"})
  void bodyOfAnotherLengthNeverLooksComplete(int sent, Between between) throws Exception {
    try (var client = RawHttp2.connect(http2Caller(between))) {
      client.headers(
          1,
          false,
          ":method",
          "POST",
          ":scheme",
          "http",
          ":path",
          "/hold",
          ":authority",
          "a",
          "content-length",
          "10");
      client.send(Frame.DATA, 0, 1, new byte[8]);
      assertThat(begun.poll(10, TimeUnit.SECONDS)).isEqualTo("/hold");
      client.send(Frame.DATA, Frame.END_STREAM, 1, new byte[sent - 8]);

      var reset = client.readUntil(Frame.RST_STREAM).orElseThrow();
      assertThat(reset.stream()).isEqualTo(1);
      assertThat(aborted.poll(10, TimeUnit.SECONDS)).isEqualTo("/hold");

      client.request(3, true, "GET", "/next"); // of what remains nothing is reused
      assertThat(client.readUntil(Frame.DATA).orElseThrow().text()).isEqualTo("hello");
    }
  }

  @ParameterizedTest
  @EnumSource
  void slowReaderStopsTheSource(Between between) throws Exception {
    try (var client = RawHttp2.connect(http2Caller(between))) {
      client.request(1, true, "GET", "/endless");
      for (var round = 1; round <= 3; round++) {
        for (var got = 0; got < WINDOW; ) {
          got += client.readUntil(Frame.DATA).orElseThrow().length();
        }
        settle(client);
        var taken = (long) round * WINDOW;
        // Each of the two hops holds so much; HTTP/1 between them also what the kernel takes.
        var ahead = between == Between.HTTP2 ? 2L * OutboundBody.AHEAD + WINDOW : 16L << 20;
        assertThat(asked.get()).isBetween(taken, taken + ahead);
        client.sendInt(Frame.WINDOW_UPDATE, 0, WINDOW);
        client.sendInt(Frame.WINDOW_UPDATE, 1, WINDOW);
      }
    }
  }

  /** All hops are on one loop, which turns once for each PING at least. */
  private static void settle(RawHttp2 client) throws IOException {
    for (var i = 0; i < 100; i++) {
      client.send(Frame.PING, 0, 0, new byte[8]);
      client.readUntil(frame -> frame.type() == Frame.PING && frame.has(Frame.ACK));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/hold", "/endless"})
  void leavingClientReachesTheLastHop(String path) throws Exception {
    try (var client = RawHttp2.connect(http2Caller(Between.HTTP2))) {
      client.request(1, path.equals("/endless"), "POST", path);
      assertThat(begun.poll(10, TimeUnit.SECONDS)).isEqualTo(path);
      client.sendInt(Frame.RST_STREAM, 1, 8); // CANCEL

      assertThat(aborted.poll(10, TimeUnit.SECONDS)).isEqualTo(path);
    }
  }
}
