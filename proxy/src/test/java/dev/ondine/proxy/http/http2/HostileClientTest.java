package dev.ondine.proxy.http.http2;

import static dev.ondine.testkit.http2.Frame.CANCEL;
import static dev.ondine.testkit.http2.Frame.ENHANCE_YOUR_CALM;
import static dev.ondine.testkit.http2.Frame.FLOW_CONTROL_ERROR;
import static dev.ondine.testkit.http2.Frame.PROTOCOL_ERROR;
import static dev.ondine.testkit.http2.Frame.REFUSED_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client may not do, and what becomes of it. */
class HostileClientTest {
  private static final Http2Limits LIMITS = Http2Limits.DEFAULTS;

  private final AtomicInteger served = new AtomicInteger();
  private final AtomicInteger aborted = new AtomicInteger();
  private Relay server;
  private RawHttp2 client;

  @BeforeEach
  void start() throws IOException {
    server = Relay.to(this::serve);
    client = RawHttp2.connect(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  private void serve(HttpExchange exchange) {
    served.incrementAndGet();
    exchange.onAbort(aborted::incrementAndGet);
    if (!exchange.request().path().equals("/hang")) {
      exchange.respond(new ResponseHead(200, Headers.of()), BodyStream.of(Bytes.of("ok")));
    }
  }

  private static Arguments malformed(String what, String... fields) {
    return Arguments.of(what, fields);
  }

  private static Arguments withField(String what, String name, String value) {
    return malformed(
        what, ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a", name, value);
  }

  private static Arguments of(
      String what, String method, String scheme, String path, String authority) {
    return malformed(
        what, ":method", method, ":scheme", scheme, ":path", path, ":authority", authority);
  }

  static List<Arguments> malformedHeads() {
    return List.of(
        withField("connection", "connection", "close"),
        withField("keep-alive", "keep-alive", "timeout=5"),
        withField("proxy-connection", "proxy-connection", "close"),
        withField("transfer-encoding", "transfer-encoding", "chunked"),
        withField("upgrade", "upgrade", "h2c"),
        withField("te", "te", "gzip"),
        withField("upper case", "X-Upper", "v"),
        withField("empty name", "", "v"),
        withField("blank in a name", "x y", "v"),
        withField("colon in a name", "x:y", "v"),
        withField("CR in a value", "x", "a\rb"),
        withField("LF in a value", "x", "a\nb"),
        withField("CRLF in a value", "x", "a\r\nhost: b"),
        withField("NUL in a value", "x", "a\0b"),
        withField("CR in a name", "x\r", "v"),
        withField("pseudo-header late", ":path", "/b"),
        withField("status", ":status", "200"),
        withField("unknown pseudo-header", ":proto", "x"),
        withField("two lengths", "content-length", "1, 2"),
        withField("length with sign", "content-length", "+1"),
        withField("length and no body", "content-length", "5"),
        malformed("no path", ":method", "GET", ":scheme", "http", ":authority", "a"),
        malformed("no authority", ":method", "GET", ":scheme", "http", ":path", "/"),
        malformed("no method", ":scheme", "http", ":path", "/", ":authority", "a"),
        malformed("nothing", "x", "y"),
        of("blank in the method", "GE T", "http", "/", "a"),
        of("CRLF in the method", "GET / HTTP/1.1\r\n", "http", "/", "a"),
        of("scheme", "GET", "file", "/", "a"),
        of("empty path", "GET", "http", "", "a"),
        of("relative path", "GET", "http", "a", "a"),
        of("absolute path", "GET", "http", "http://b/", "a"),
        of("fragment", "GET", "http", "/a#b", "a"),
        of("blank in the path", "GET", "http", "/a b", "a"),
        of("CRLF in the path", "GET", "http", "/ HTTP/1.1\r\nx: y", "a"),
        of("star", "GET", "http", "*", "a"),
        of("user information", "GET", "http", "/", "u:p@a"),
        of("path in the authority", "GET", "http", "/", "a/b"),
        of("empty authority", "GET", "http", "/", ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformedHeads")
  void malformedRequestIsResetAndNothingElse(String what, String[] fields) throws IOException {
    client.headers(1, true, fields);
    client.request(3, true, "GET", "/");

    var reset = client.readUntil(Frame.RST_STREAM).orElseThrow();
    assertThat(reset.stream()).isEqualTo(1);
    assertThat(reset.errorCode()).isEqualTo(PROTOCOL_ERROR);
    assertThat(client.readUntil(Frame.HEADERS).orElseThrow().stream()).isEqualTo(3);
    assertThat(served).hasValue(1);
  }

  @Test
  void whatFollowsMalformedHeadIsIgnored() throws IOException {
    client.headers(1, false, "connection", "close");
    client.send(Frame.DATA, 0, 1, new byte[10]);
    client.send(Frame.DATA, Frame.END_STREAM, 1, new byte[10]);
    client.request(3, true, "GET", "/");

    assertThat(client.readUntil(Frame.HEADERS).orElseThrow().stream()).isEqualTo(3);
  }

  @Test
  void streamBeyondTheLimitIsRefusedAndCanBeTriedAgain() throws IOException {
    var id = 1;
    for (var i = 0; i < LIMITS.maxStreams(); i++, id += 2) {
      client.request(id, false, "POST", "/hang");
    }
    client.request(id, false, "POST", "/");
    client.send(Frame.DATA, Frame.END_STREAM, id, new byte[10]);

    var refused = client.readUntil(Frame.RST_STREAM).orElseThrow();
    assertThat(refused.stream()).isEqualTo(id);
    assertThat(refused.errorCode()).isEqualTo(REFUSED_STREAM);

    client.sendInt(Frame.RST_STREAM, 1, CANCEL);
    client.request(id + 2, true, "GET", "/");
    assertThat(client.readUntil(Frame.HEADERS).orElseThrow().stream()).isEqualTo(id + 2);
  }

  @Test
  void rapidResetEndsTheConnectionAndCancelsEverything() throws IOException {
    for (var i = 0; i < 10 * LIMITS.maxResets(); i++) {
      try {
        client.request(2 * i + 1, true, "GET", "/hang");
        client.sendInt(Frame.RST_STREAM, 2 * i + 1, CANCEL);
      } catch (IOException closed) {
        break;
      }
    }

    assertGoneAway(ENHANCE_YOUR_CALM);
    assertThat(served.get()).isLessThanOrEqualTo(LIMITS.maxResets() + 1);
    assertThat(aborted).hasValue(served.get());
  }

  @Test
  void resetsThatAreOutweighedByAnswersAreNoAttack() throws IOException {
    for (var i = 0; i < 2 * LIMITS.maxResets(); i++) {
      client.request(4 * i + 1, true, "GET", "/");
      client.request(4 * i + 3, true, "GET", "/hang");
      client.sendInt(Frame.RST_STREAM, 4 * i + 3, CANCEL);
      assertThat(client.readUntil(Frame.HEADERS)).isPresent();
    }
  }

  @Test
  void resetsThatTheClientMakesUsSendCountToo() throws IOException {
    for (var i = 0; i < 10 * LIMITS.maxResets(); i++) {
      try {
        client.request(2 * i + 1, true, "GET", "/hang");
        client.sendInt(Frame.WINDOW_UPDATE, 2 * i + 1, 0);
      } catch (IOException closed) {
        break;
      }
    }

    assertGoneAway(ENHANCE_YOUR_CALM);
    assertThat(served.get()).isLessThanOrEqualTo(LIMITS.maxResets() + 1);
  }

  @Test
  void windowThatOverflowsResetsTheStream() throws IOException {
    client.request(1, true, "GET", "/hang");
    client.sendInt(Frame.WINDOW_UPDATE, 1, Integer.MAX_VALUE);

    assertThat(client.readUntil(Frame.RST_STREAM).orElseThrow().errorCode())
        .isEqualTo(FLOW_CONTROL_ERROR);
  }

  @Test
  void pingsWithoutEndAreNotAnsweredWithoutEnd() throws IOException {
    assertFloodEnds(Frame.PING, 0, 0, new byte[8]);
  }

  @Test
  void settingsWithoutEndAreNotAcknowledgedWithoutEnd() throws IOException {
    assertFloodEnds(Frame.SETTINGS, 0, 0, new byte[0]);
  }

  @Test
  void emptyDataWithoutEndIsRefused() throws IOException {
    client.request(1, false, "POST", "/hang");
    assertFloodEnds(Frame.DATA, 0, 1, new byte[0]);
  }

  @Test
  void prioritiesWithoutEndAreRefused() throws IOException {
    assertFloodEnds(Frame.PRIORITY, 0, 1, new byte[] {0, 0, 0, 3, 1});
  }

  private void assertFloodEnds(int type, int flags, int stream, byte[] payload) throws IOException {
    assertFloodEnds(20 * LIMITS.maxIdleFrames(), type, flags, stream, payload);
  }

  private void assertFloodEnds(int frames, int type, int flags, int stream, byte... payload)
      throws IOException {
    try {
      for (var i = 0; i < frames; i++) {
        client.send(type, flags, stream, payload);
      }
    } catch (IOException closed) {
      return; // it may close with what we sent unread, and then we learn no more
    }
    assertGoneAway(ENHANCE_YOUR_CALM);
  }

  @Test
  void headerBlockInTooManyPiecesEndsTheConnection() throws IOException {
    client.send(Frame.HEADERS, Frame.END_STREAM, 1, RawHttp2.block(":method", "GET"));
    assertFloodEnds(2 * LIMITS.maxSmallContinuations(), Frame.CONTINUATION, 0, 1);
  }

  @Test
  void largeHeaderListIsAnswered431() throws IOException {
    var fields = request();
    for (var i = 0; i < 4; i++) {
      fields.add("x-" + i);
      fields.add("v".repeat(9_000));
    }
    var block = RawHttp2.block(fields.toArray(new String[0]));
    var half = block.length / 2;
    client.send(Frame.HEADERS, Frame.END_STREAM, 1, part(block, 0, 12_000));
    client.send(Frame.CONTINUATION, 0, 1, part(block, 12_000, 24_000));
    client.send(Frame.CONTINUATION, Frame.END_HEADERS, 1, part(block, 24_000, block.length));
    assertThat(half).isLessThan(20_000);

    assertStatus(1, "431");
    client.request(3, true, "GET", "/");
    assertStatus(3, "200");
  }

  @Test
  void manyHeaderFieldsAreAnswered431() throws IOException {
    var fields = request();
    for (var i = 0; i <= LIMITS.maxHeaderFields(); i++) {
      fields.add("x-" + i);
      fields.add("v");
    }
    client.headers(1, true, fields.toArray(new String[0]));

    assertStatus(1, "431");
    assertThat(served).hasValue(0);
  }

  @Test
  void crumbsOfOneCookieAreNotManyFields() throws IOException {
    var fields = request();
    for (var i = 0; i < 2 * LIMITS.maxHeaderFields(); i++) {
      fields.add("cookie");
      fields.add("c" + i + "=v");
    }
    client.headers(1, true, fields.toArray(new String[0]));

    assertStatus(1, "200");
  }

  @Test
  void bodyOfAnotherLengthThanAnnouncedIsReset() throws IOException {
    var fields = request();
    fields.set(fields.indexOf("/"), "/hang");
    fields.addAll(List.of("content-length", "10"));
    client.headers(1, false, fields.toArray(new String[0]));
    client.send(Frame.DATA, Frame.END_STREAM, 1, new byte[9]);

    assertThat(client.readUntil(Frame.RST_STREAM).orElseThrow().errorCode())
        .isEqualTo(PROTOCOL_ERROR);
    assertThat(aborted).hasValue(1);
  }

  private static List<String> request() {
    return new ArrayList<>(
        List.of(":method", "POST", ":scheme", "http", ":path", "/", ":authority", "a"));
  }

  private static byte[] part(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  private void assertStatus(int stream, String status) throws IOException {
    var head = client.readUntil(Frame.HEADERS).orElseThrow();
    assertThat(head.stream()).isEqualTo(stream);
    try {
      assertThat(client.fields(head)).containsEntry(":status", status);
    } catch (Http2Exception e) {
      throw new AssertionError("not a header block", e);
    }
  }

  /** The frame may be lost when the server closes with bytes unread; an end there must be. */
  private void assertGoneAway(int errorCode) throws IOException {
    client
        .readUntil(Frame.GOAWAY)
        .ifPresent(frame -> assertThat(frame.errorCode()).isEqualTo(errorCode));
    assertThat(client.readUntil(frame -> false)).isEmpty();
  }
}
