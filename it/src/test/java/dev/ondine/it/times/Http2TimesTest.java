package dev.ondine.it.times;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.http1.Crossing;
import dev.ondine.proxy.transport.EmbeddedConnection;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which times end a client's HTTP/2 connection or stream, and what both sides see of it. */
class Http2TimesTest {
  private static final Duration HEAD = HttpTimes.DEFAULTS.head();
  private static final Duration BODY_GRACE = HttpTimes.DEFAULTS.bodyGrace();
  private static final Duration TAKE_GRACE = HttpTimes.DEFAULTS.takeGrace();
  private static final Duration SLACK = Duration.ofSeconds(2);
  private static final int STREAMS = 50;
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1);
  private static final String LONG = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

  private Crossing crossing = Crossing.http2();

  @AfterEach
  void releasesAll() {
    crossing.close();
  }

  private void clientSends(byte[] bytes) {
    crossing.client().receive(bytes, 0, bytes.length);
    crossing.run();
  }

  private void frame(int type, int flags, int stream, byte... payload) {
    clientSends(new Frame(type, flags, stream, ByteBuffer.wrap(payload)).encoded());
  }

  private void connects() {
    clientSends(PREFACE);
    frame(Frame.SETTINGS, 0, 0);
    frame(Frame.SETTINGS, Frame.ACK, 0);
  }

  private void request(int stream, String method, int flags) {
    frame(Frame.HEADERS, flags, stream, block(method));
  }

  private static byte[] block(String method) {
    return RawHttp2.block(":method", method, ":scheme", "http", ":path", "/", ":authority", "a");
  }

  private void endpointSends(String text) {
    var bytes = text.getBytes(ISO_8859_1);
    crossing.origins().getLast().receive(bytes, 0, bytes.length);
    crossing.run();
  }

  private List<Frame> sent(int type) {
    return Frame.all(crossing.client().sent()).stream().filter(f -> f.type() == type).toList();
  }

  @Test
  void connectionWithoutPrefaceIsClosed() {
    crossing.pass(HEAD);
    assertThat(crossing.client().isOpen()).isTrue();

    crossing.pass(SLACK);

    assertThat(crossing.client().isOpen()).isFalse();
  }

  @Test
  void headThatTricklesClosesTheConnection() {
    connects();
    request(1, "GET", 0);
    for (var second = 0; second < HEAD.toSeconds(); second++) {
      crossing.pass(Duration.ofSeconds(1));
      frame(Frame.CONTINUATION, 0, 1, RawHttp2.block("x-slow", "y"));
    }
    assertThat(crossing.client().isOpen()).isTrue();

    crossing.pass(SLACK);

    assertThat(crossing.client().isOpen()).isFalse();
    assertThat(crossing.exchanges()).isZero();
  }

  @Test
  void connectionWithoutStreamIsToldToGo() {
    var idle = Duration.ofSeconds(20);
    crossing = Crossing.http2(Times.idle(idle));
    connects();
    crossing.pass(idle);
    assertThat(sent(Frame.GOAWAY)).isEmpty();

    crossing.pass(SLACK.multipliedBy(2));

    assertThat(sent(Frame.GOAWAY)).isNotEmpty();
    assertThat(sent(Frame.GOAWAY)).allMatch(goAway -> goAway.errorCode() == Frame.NO_ERROR);
    assertThat(crossing.client().isOpen()).isFalse();
  }

  @Test
  void connectionWithAStreamIsNotIdle() {
    var idle = Duration.ofSeconds(20);
    crossing = Crossing.http2(Times.idle(idle));
    connects();
    request(1, "GET", Frame.END_HEADERS | Frame.END_STREAM);

    crossing.pass(idle.multipliedBy(3));

    assertThat(sent(Frame.GOAWAY)).isEmpty();
    assertThat(crossing.client().isOpen()).isTrue();
  }

  @Test
  void oldConnectionIsToldToGoAndServesWhatItHas() {
    var maxAge = Duration.ofSeconds(100);
    crossing = Crossing.http2(Times.maxAge(maxAge));
    connects();
    request(1, "GET", Frame.END_HEADERS | Frame.END_STREAM);
    crossing.pass(maxAge.multipliedBy(89).dividedBy(100));
    assertThat(sent(Frame.GOAWAY)).isEmpty();

    crossing.pass(maxAge.multipliedBy(25).dividedBy(100));

    assertThat(sent(Frame.GOAWAY).getFirst().intAt(0)).isEqualTo(Integer.MAX_VALUE);
    assertThat(sent(Frame.GOAWAY).getLast().intAt(0)).as("the last stream").isEqualTo(1);
    assertThat(crossing.client().isOpen()).isTrue();

    endpointSends(OK);

    assertThat(sent(Frame.DATA)).anyMatch(data -> data.stream() == 1);
    assertThat(sent(Frame.RST_STREAM)).isEmpty();
    assertThat(crossing.client().isOpen()).isFalse();
  }

  @Test
  void bodyThatStopsResetsItsStreamOnly() {
    connects();
    request(1, "POST", Frame.END_HEADERS);
    crossing.pass(BODY_GRACE);
    assertThat(sent(Frame.RST_STREAM)).isEmpty();

    crossing.pass(SLACK);

    assertThat(sent(Frame.RST_STREAM)).singleElement().matches(f -> f.errorCode() == Frame.CANCEL);
    assertThat(crossing.infos().getFirst().reason()).isEqualTo(Reason.REQUEST_TIMEOUT);
    assertThat(crossing.origins().getFirst().isOpen()).isFalse();
    assertThat(crossing.client().isOpen()).isTrue();
  }

  @Test
  void bodyAtTheLeastRateGoesOn() {
    connects();
    request(1, "POST", Frame.END_HEADERS);

    for (var second = 0; second < 60; second++) {
      frame(Frame.DATA, 0, 1, new byte[HttpTimes.DEFAULTS.bodyRate()]);
      crossing.pass(Duration.ofSeconds(1));
    }

    assertThat(sent(Frame.RST_STREAM)).isEmpty();
  }

  @Test
  void bodyThatStopsWhileItIsAnsweredResetsItsStreamOnly() {
    connects();
    request(1, "POST", Frame.END_HEADERS);
    endpointSends(LONG + "x");
    for (var second = 0; second < 60; second++) {
      frame(Frame.DATA, 0, 1, new byte[HttpTimes.DEFAULTS.bodyRate()]);
      endpointSends("x");
      crossing.pass(Duration.ofSeconds(1));
    }
    assertThat(sent(Frame.RST_STREAM)).isEmpty();

    for (var second = 0; second < BODY_GRACE.plus(SLACK).toSeconds(); second++) {
      endpointSends("x");
      crossing.pass(Duration.ofSeconds(1));
    }

    assertThat(sent(Frame.RST_STREAM)).singleElement().matches(f -> f.errorCode() == Frame.CANCEL);
    assertThat(crossing.infos().getFirst().reason()).isEqualTo(Reason.REQUEST_TIMEOUT);
    assertThat(crossing.refused()).containsExactly(Reason.REQUEST_TIMEOUT);
    assertThat(crossing.origins().getFirst().isOpen()).isFalse();
    assertThat(crossing.client().isOpen()).isTrue();
  }

  @Test
  void completeBodyMayWaitForItsAnswer() {
    connects();
    request(1, "POST", Frame.END_HEADERS);
    frame(Frame.DATA, Frame.END_STREAM, 1, (byte) 'o', (byte) 'k');

    crossing.pass(BODY_GRACE.multipliedBy(5));
    assertThat(sent(Frame.RST_STREAM)).isEmpty();
    endpointSends(OK);

    assertThat(sent(Frame.DATA)).anyMatch(data -> data.stream() == 1);
    assertThat(sent(Frame.RST_STREAM)).isEmpty();
  }

  @Test
  void answerForWhichNoCreditComesResetsItsStream() {
    connects();
    request(1, "GET", Frame.END_HEADERS | Frame.END_STREAM);
    endpointSends(LONG + "x".repeat(200_000));
    crossing.pass(TAKE_GRACE.minusSeconds(1));
    assertThat(sent(Frame.RST_STREAM)).isEmpty();

    crossing.pass(TAKE_GRACE.plus(SLACK)); // it is looked at once in that time

    assertThat(sent(Frame.RST_STREAM)).singleElement().matches(f -> f.errorCode() == Frame.CANCEL);
    assertThat(crossing.origins().getFirst().isOpen()).isFalse();
    assertThat(crossing.client().isOpen()).isTrue();
  }

  @Test
  void withoutALeastRateCreditMayTakeAsLongAsAnIdleConnection() {
    var idle = Duration.ofMinutes(5);
    crossing = Crossing.http2(Times.unpaced(idle));
    connects();
    request(1, "GET", Frame.END_HEADERS | Frame.END_STREAM);
    endpointSends(LONG + "x".repeat(200_000));
    crossing.pass(idle.minusSeconds(1));
    assertThat(sent(Frame.RST_STREAM)).isEmpty();

    crossing.pass(idle.plus(SLACK));

    assertThat(sent(Frame.RST_STREAM)).singleElement().matches(f -> f.errorCode() == Frame.CANCEL);
    assertThat(crossing.client().isOpen()).isTrue();
  }

  /** All windows are open, which costs nothing. */
  @Test
  void aSlowReaderDoesNotHoldManyStreamsForTheRateOfOne() {
    connects();
    frame(Frame.SETTINGS, 0, 0, new byte[] {0, 4, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff});
    frame(Frame.WINDOW_UPDATE, 0, 0, new byte[] {0x7f, 0, 0, 0});
    var rate = HttpTimes.DEFAULTS.bodyRate();
    crossing.client().room(0);
    for (var stream = 1; stream < 2 * STREAMS; stream += 2) {
      request(stream, "GET", Frame.END_HEADERS | Frame.END_STREAM);
      endpointSends(LONG + "x".repeat(100_000));
    }
    assertThat(crossing.infos()).hasSize(STREAMS);

    for (var second = 0; second < TAKE_GRACE.toSeconds() * 6; second++) {
      crossing.client().room(rate + rate / 10);
      crossing.pass(Duration.ofSeconds(1));
    }

    assertThat(crossing.infos().stream().filter(info -> info.reason() == null).count())
        .as("streams that are left")
        .isLessThanOrEqualTo(1);
    assertThat(crossing.origins().stream().filter(EmbeddedConnection::isOpen).count())
        .isLessThanOrEqualTo(1);
  }

  @Test
  void oldConnectionWhoseClientReadsNothingIsBrokenOff() {
    var maxAge = Duration.ofSeconds(100);
    crossing = Crossing.http2(Times.maxAge(maxAge));
    connects();
    crossing.client().taking(false);
    crossing.pass(maxAge.multipliedBy(12).dividedBy(10));
    assertThat(crossing.client().isOpen()).isTrue();

    crossing.pass(TAKE_GRACE.plus(SLACK));

    assertThat(crossing.client().isOpen()).isFalse();
  }
}
