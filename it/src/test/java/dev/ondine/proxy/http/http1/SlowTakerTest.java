package dev.ondine.proxy.http.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.http.http2.Http2Acceptor;
import dev.ondine.proxy.http.http2.Http2Limits;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.EmbeddedConnection;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a client that reads slowly, or not at all, what is written to it. */
class SlowTakerTest {
  private static final InetSocketAddress NOWHERE = InetSocketAddress.createUnresolved("client", 1);
  private static final ConnectionInfo INFO =
      new ConnectionInfo(
          ConnectionInfo.Direction.INBOUND, NOWHERE, NOWHERE, Optional.empty(), Optional.empty());
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final int KIB = 1024;

  private static final int GRACE = 30;

  /** A write buffer of 64 KiB at 1 KiB a second, and the grace. */
  private static final int PATIENCE = 64 + GRACE;

  private final EmbeddedConnection client = new EmbeddedConnection();
  private final List<HttpExchange> exchanges = new ArrayList<>();
  private final List<Reason> slow = new ArrayList<>();
  private boolean memoryIsShort;

  @AfterEach
  void nothingIsHeld() {
    client.end();
    assertThat(client.heldBytes()).isZero();
  }

  private void http1(HttpTimes times) {
    new Http1Acceptor(
            exchanges::add,
            Http1Settings.of(times),
            () -> false,
            (_, reason, _) -> slow.add(reason),
            new Memory(),
            new SplittableRandom(1))
        .accept(client.connection(), INFO);
  }

  private void http2(HttpTimes times) {
    http2(times, 0x7f);
  }

  private void http2(HttpTimes times, int window) {
    new Http2Acceptor(
            exchanges::add,
            Http2Limits.of(times),
            times,
            (_, reason, _) -> slow.add(reason),
            new Http2Acceptor.Connections(1),
            new Memory(),
            new SplittableRandom(1))
        .accept(client.connection(), INFO);
    send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    send(frame(4, 0, 0, 0, 4, window, 0, 0, 0)); // SETTINGS: each stream's window
    send(frame(8, 0, 0, 0x7f, 0xff, 0, 0)); // WINDOW_UPDATE: that of the connection
    send(frame(4, 1, 0)); // SETTINGS, acknowledged
  }

  private static byte[] frame(int type, int flags, int stream, int... payload) {
    var frame = new ByteArrayOutputStream();
    frame.writeBytes(new byte[] {0, 0, (byte) payload.length, (byte) type, (byte) flags});
    frame.writeBytes(new byte[] {0, 0, 0, (byte) stream});
    for (var octet : payload) {
      frame.write(octet);
    }
    return frame.toByteArray();
  }

  private void get2(int stream) {
    send(frame(1, 5, stream, 0x82, 0x86, 0x84, 0x41, 1, 'a')); // HEADERS, the whole request
  }

  private void send(byte[] bytes) {
    client.receive(bytes, 0, bytes.length);
    client.run();
  }

  private void answer(BodyStream body) {
    exchanges.getLast().respond(new ResponseHead(200, Headers.of()), body);
    client.run();
  }

  private static HttpTimes withoutRate() {
    return times(Duration.ofMinutes(10), 0);
  }

  private static HttpTimes times(Duration idle, int rate) {
    var usual = HttpTimes.DEFAULTS;
    return new HttpTimes(
        usual.head(),
        idle,
        usual.connect(),
        usual.poolIdle(),
        rate,
        usual.bodyGrace(),
        usual.takeGrace(),
        Duration.ZERO);
  }

  // ---- HTTP/1

  @Test
  void whoTakesNothingOfAnAnswerIsReset() {
    http1(HttpTimes.DEFAULTS);
    send(GET.getBytes(US_ASCII));
    client.room(10 * KIB);
    answer(new EndlessBody());
    client.pass(GRACE);
    assertThat(client.isOpen()).isTrue();

    client.pass(2);

    assertThat(client.isOpen()).isFalse();
    assertThat(exchanges.getFirst().info().reason()).isEqualTo(Reason.REQUEST_TIMEOUT);
    assertThat(slow).containsExactly(Reason.REQUEST_TIMEOUT);
  }

  @Test
  void whoKeepsTheLeastRateMayTakeLong() {
    http1(HttpTimes.DEFAULTS);
    send(GET.getBytes(US_ASCII));
    client.room(0);
    var answer = new EndlessBody();
    answer(answer);
    for (var second = 0; second < 5 * PATIENCE; second++) {
      client.room(1_100);
      client.pass(1);
    }

    assertThat(client.isOpen()).isTrue();
    assertThat(answer.given()).isGreaterThan(5 * PATIENCE * 1_100);
  }

  @Test
  void whoseKernelTellsOfProgressInLargeStepsMayTakeLong() {
    http1(HttpTimes.DEFAULTS);
    send(GET.getBytes(US_ASCII));
    client.room(0);
    answer(new EndlessBody());
    for (var step = 0; step < 20; step++) {
      client.pass(GRACE - 1);
      client.room(64 * KIB);
    }

    assertThat(client.isOpen()).isTrue();
  }

  @Test
  void whoTakesBelowTheLeastRateIsReset() {
    http1(HttpTimes.DEFAULTS);
    send(GET.getBytes(US_ASCII));
    client.room(0);
    answer(new EndlessBody());
    for (var second = 0; second < 2 * PATIENCE; second++) {
      client.room(500);
      client.pass(1);
    }

    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void whoDoesNotTakeTheEndOfAnAnswerIsReset() {
    http1(HttpTimes.DEFAULTS);
    send(GET.getBytes(US_ASCII));
    client.room(KIB);
    answer(BodyStream.of(Bytes.of(new byte[40 * KIB])));
    client.pass(GRACE);
    assertThat(client.isOpen()).isTrue();

    client.pass(2);

    assertThat(client.isOpen()).isFalse();
    assertThat(client.sent()).hasSize(KIB);
  }

  @Test
  void theEndOfAnAnswerThatIsTakenInTimeComesWhole() {
    http1(HttpTimes.DEFAULTS);
    send(GET.replace("HTTP/1.1", "HTTP/1.0").getBytes(US_ASCII));
    client.room(0);
    answer(new EndlessBody(40 * KIB)); // until the connection closes
    for (var second = 0; second < 42; second++) {
      client.pass(1);
      client.room(KIB);
    }
    client.pass(2);

    assertThat(client.isOpen()).isFalse();
    assertThat(client.sent().length).isGreaterThan(40 * KIB);
  }

  @Test
  void withoutALeastRateAnAnswerMayWaitAsLongAsAnIdleConnection() {
    http1(withoutRate());
    send(GET.getBytes(US_ASCII));
    client.room(0);
    answer(BodyStream.of(Bytes.of(new byte[40 * KIB])));
    client.pass(595);
    assertThat(client.isOpen()).isTrue();

    client.pass(10);

    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void whileMemoryIsShortATenthIsEnough() {
    http1(HttpTimes.DEFAULTS);
    send(GET.getBytes(US_ASCII));
    client.room(0);
    answer(new EndlessBody());
    memoryIsShort = true;

    client.pass(GRACE / 10 + 2);

    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void whoPipelinesAndTakesNothingGetsNoFurther() {
    http1(HttpTimes.DEFAULTS);
    client.room(0);
    for (var i = 0; i < 100; i++) {
      send(GET.getBytes(US_ASCII));
      if (exchanges.getLast().isOpen()) {
        answer(BodyStream.of(Bytes.of(new byte[10 * KIB])));
      }
    }
    assertThat(exchanges).hasSize(7); // 64 KiB

    client.pass(20);
    assertThat(client.isOpen()).as("the next heads are here, they are not late").isTrue();
    for (var i = 0; i < 100; i++) {
      client.room(20 * KIB);
      if (exchanges.getLast().isOpen()) {
        answer(BodyStream.of(Bytes.of(new byte[10 * KIB])));
      }
    }

    assertThat(exchanges).hasSize(100);
  }

  @Test
  void anOpenTunnelMayStandStill() {
    http1(HttpTimes.DEFAULTS);
    send(
        """
        GET / HTTP/1.1\r
        Host: a\r
        Connection: upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
        Sec-WebSocket-Version: 13\r
        \r
        """
            .getBytes(US_ASCII));
    client.room(0);
    exchanges
        .getLast()
        .respond(
            new ResponseHead(101, Headers.of("connection", "upgrade", "upgrade", "websocket")),
            new EndlessBody());
    client.run();

    client.pass(10 * PATIENCE);

    assertThat(client.isOpen()).isTrue();
  }

  // ---- HTTP/2

  @Test
  void anHttp2ClientThatReadsNothingLosesItsConnection() {
    http2(HttpTimes.DEFAULTS);
    get2(1);
    client.room(0);
    answer(new EndlessBody());
    client.pass(GRACE);
    assertThat(client.isOpen()).isTrue();

    client.pass(2);

    assertThat(client.isOpen()).isFalse();
    assertThat(exchanges.getFirst().info().reason()).isEqualTo(Reason.REQUEST_TIMEOUT);
    assertThat(slow).containsExactly(Reason.REQUEST_TIMEOUT);
  }

  @Test
  void anHttp2ClientThatKeepsTheLeastRateMayTakeLong() {
    http2(HttpTimes.DEFAULTS);
    get2(1);
    client.room(0);
    var answer = new EndlessBody();
    answer(answer);
    for (var second = 0; second < 5 * PATIENCE; second++) {
      client.room(1_200);
      client.pass(1);
    }

    assertThat(client.isOpen()).isTrue();
    assertThat(answer.given()).isGreaterThan(5 * PATIENCE * 1_100);
  }

  @Test
  void anHttp2ClientThatGivesLittleCreditMayTakeLong() {
    http2(HttpTimes.DEFAULTS, 0);
    get2(1);
    var answer = new EndlessBody();
    answer(answer);
    for (var second = 0; second < 5 * PATIENCE; second++) {
      client.pass(1);
      send(frame(8, 0, 1, 0, 0, 4, 0x80)); // WINDOW_UPDATE: 1,152 bytes
    }

    assertThat(exchanges.getFirst().info().reason()).isNull();
    assertThat(answer.given()).isGreaterThan(5 * PATIENCE * 1_100);
  }

  @Test
  void anHttp2ClientThatGivesNoCreditLosesItsStream() {
    http2(HttpTimes.DEFAULTS, 0);
    get2(1);
    answer(new EndlessBody());

    client.pass(50);

    assertThat(exchanges.getFirst().info().reason()).isEqualTo(Reason.REQUEST_TIMEOUT);
    assertThat(slow).containsExactly(Reason.REQUEST_TIMEOUT);
    assertThat(client.isOpen()).isTrue();
  }

  @Test
  void anHttp2ClientThatDoesNotTakeItsEndIsReset() {
    http2(times(Duration.ofSeconds(10), HttpTimes.DEFAULTS.bodyRate()));
    client.pass(2);
    client.room(0);
    client.pass(20); // GOAWAY and PING wait
    assertThat(client.isOpen()).isTrue();

    client.pass(40);

    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void withoutALeastRateHttp2HasTheTimeOfAnIdleConnection() {
    http2(withoutRate());
    get2(1);
    client.room(0);
    answer(BodyStream.of(Bytes.of(new byte[40 * KIB])));
    client.pass(590);
    assertThat(client.isOpen()).isTrue();

    client.pass(20);

    assertThat(client.isOpen()).isFalse();
  }

  /** What may be short. */
  private final class Memory implements Shedding {
    @Override
    public boolean drains() {
      return memoryIsShort;
    }

    @Override
    public boolean sheds() {
      return false;
    }

    @Override
    public void shed(Point point) {}
  }
}
