package dev.ondine.it.times;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.http1.Crossing;
import dev.ondine.proxy.transport.EmbeddedConnection;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which times end a client's HTTP/1.1 connection, what the client sees, and what the endpoint. */
class Http1TimesTest {
  private static final Duration HEAD = HttpTimes.DEFAULTS.head();
  private static final Duration BODY_GRACE = HttpTimes.DEFAULTS.bodyGrace();
  private static final Duration TAKE_GRACE = HttpTimes.DEFAULTS.takeGrace();
  // A look a second, and the limit has to be exceeded; then the client may read the answer.
  private static final Duration SLACK = Duration.ofSeconds(2);
  private static final Duration LINGERING = Duration.ofSeconds(2);
  private static final int PIECE = 70_000; // more than a connection buffers
  private static final String GET = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
  private static final String POST =
      "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n";
  private static final String GRPC = "content-type: application/grpc\r\ntransfer-encoding: chunked";
  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
  private static final String LONG = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";

  private Crossing crossing = Crossing.http1();

  @AfterEach
  void releasesAll() {
    crossing.close();
  }

  private void clientSends(String text) {
    receive(crossing.client(), text);
  }

  private void endpointSends(String text) {
    receive(crossing.origins().getLast(), text);
  }

  private void receive(EmbeddedConnection to, String text) {
    var bytes = text.getBytes(ISO_8859_1);
    to.receive(bytes, 0, bytes.length);
    crossing.run();
  }

  private String sent() {
    return new String(crossing.client().sent(), ISO_8859_1);
  }

  private void assertAnswered408ThenClosed() {
    assertThat(sent()).startsWith("HTTP/1.1 408 ").containsIgnoringCase("connection: close");
    assertThat(crossing.refused()).containsExactly(Reason.REQUEST_TIMEOUT);
    crossing.pass(LINGERING);
    assertThat(crossing.client().isOpen()).isFalse();
  }

  private void assertUntouched() {
    assertThat(sent()).isEmpty();
    assertThat(crossing.client().isOpen()).isTrue();
  }

  @Test
  void headThatStopsIsAnswered408() {
    clientSends("GET / HTTP/1.1\r\nhost: a\r\n");
    crossing.pass(HEAD);
    assertUntouched();

    crossing.pass(SLACK);

    assertAnswered408ThenClosed();
    assertThat(crossing.exchanges()).isZero();
  }

  @Test
  void headThatTricklesIsAnswered408() {
    clientSends("GET / HTTP/1.1\r\nhost: a\r\nx-slow: ");
    for (var second = 0; second < HEAD.toSeconds(); second++) {
      clientSends("y");
      crossing.pass(Duration.ofSeconds(1));
    }
    assertUntouched();

    clientSends("y");
    crossing.pass(SLACK);

    assertAnswered408ThenClosed();
  }

  @Test
  void connectionWithoutRequestIsClosed() {
    var idle = Duration.ofSeconds(20);
    crossing = Crossing.http1(Times.idle(idle));
    clientSends(GET);
    endpointSends(OK);
    var answer = sent();
    crossing.pass(idle);
    assertThat(crossing.client().isOpen()).isTrue();

    crossing.pass(SLACK);

    assertThat(crossing.client().isOpen()).isFalse();
    assertThat(sent()).as("nothing was asked").isEqualTo(answer);
  }

  @Test
  void bodyThatStopsIsAnswered408AndTakenFromTheEndpoint() {
    clientSends(POST);
    crossing.pass(BODY_GRACE);
    assertUntouched();

    crossing.pass(SLACK);

    assertAnswered408ThenClosed();
    assertThat(crossing.infos().getFirst().reason()).isEqualTo(Reason.REQUEST_TIMEOUT);
    assertThat(crossing.origins().getFirst().isOpen()).isFalse();
  }

  @Test
  void bodyAtTheLeastRateGoesOnAndAtHalfOfItDoesNot() {
    clientSends(POST);
    var rate = HttpTimes.DEFAULTS.bodyRate();
    for (var second = 0; second < 60; second++) {
      clientSends("x".repeat(rate));
      crossing.pass(Duration.ofSeconds(1));
    }
    assertUntouched();

    for (var second = 0; second < 2 * BODY_GRACE.plus(SLACK).toSeconds(); second++) {
      clientSends("x".repeat(rate / 2));
      crossing.pass(Duration.ofSeconds(1));
    }

    assertThat(sent()).startsWith("HTTP/1.1 408 ");
  }

  @Test
  void bodyThatStopsWhileItIsAnsweredBreaksTheAnswerOff() {
    clientSends(POST);
    endpointSends(LONG + "x");
    var rate = HttpTimes.DEFAULTS.bodyRate();
    for (var second = 0; second < 60; second++) {
      clientSends("x".repeat(rate));
      endpointSends("x");
      crossing.pass(Duration.ofSeconds(1));
    }
    assertThat(crossing.client().isOpen()).isTrue();

    for (var second = 0; second < BODY_GRACE.plus(SLACK).toSeconds(); second++) {
      endpointSends("x");
      crossing.pass(Duration.ofSeconds(1));
    }

    assertThat(crossing.client().isOpen()).isFalse();
    assertThat(crossing.refused()).containsExactly(Reason.REQUEST_TIMEOUT);
    assertThat(crossing.infos().getFirst().reason()).isEqualTo(Reason.REQUEST_TIMEOUT);
    assertThat(crossing.origins().getFirst().isOpen()).isFalse();
  }

  @Test
  void callOfGrpcMayPauseWhileItIsAnswered() {
    clientSends(POST.replace("content-length: 1000000", GRPC));
    endpointSends(LONG + "x");

    crossing.pass(BODY_GRACE.multipliedBy(5));

    assertThat(crossing.client().isOpen()).isTrue();
  }

  @Test
  void completeBodyMayWaitForItsAnswer() {
    clientSends("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nok");

    crossing.pass(BODY_GRACE.multipliedBy(5));
    assertUntouched();
    endpointSends(OK);

    assertThat(sent()).startsWith("HTTP/1.1 200 ").endsWith("ok");
    assertThat(crossing.client().isOpen()).isTrue();
  }

  @Test
  void bodyThatTheEndpointDoesNotTakeIsNoFaultOfTheClient() {
    clientSends(POST);
    crossing.origins().getFirst().taking(false);
    clientSends("x".repeat(PIECE));
    clientSends("x".repeat(PIECE));

    crossing.pass(BODY_GRACE.multipliedBy(5));
    assertUntouched();

    crossing.origins().getFirst().taking(true);
    crossing.pass(BODY_GRACE);
    assertUntouched();
    crossing.pass(SLACK);
    assertThat(sent()).startsWith("HTTP/1.1 408 ");
  }

  @Test
  void answerThatTheClientDoesNotTakeIsBrokenOff() {
    clientSends(GET);
    crossing.client().taking(false);
    endpointSends(LONG);
    endpointSends("x".repeat(PIECE));
    endpointSends("x".repeat(PIECE));
    crossing.pass(TAKE_GRACE);
    assertThat(crossing.client().isOpen()).isTrue();

    crossing.pass(SLACK); // however much waits

    assertThat(crossing.client().isOpen()).isFalse();
    assertThat(crossing.infos().getFirst().reason()).isEqualTo(Reason.REQUEST_TIMEOUT);
    assertThat(crossing.origins().getFirst().isOpen()).isFalse();
  }

  @Test
  void answerThatTheClientTakesNowAndThenGoesOn() {
    clientSends(GET);
    crossing.client().taking(false);
    endpointSends(LONG);
    for (var i = 0; i < 5; i++) {
      endpointSends("x".repeat(PIECE));
      crossing.pass(TAKE_GRACE.dividedBy(2));
      crossing.client().taking(true);
      crossing.run();
      crossing.client().taking(false);
    }

    assertThat(crossing.client().isOpen()).isTrue();
    assertThat(sent()).hasSizeGreaterThan(5 * PIECE);
  }

  @Test
  void endOfAnAnswerThatTheClientDoesNotTakeIsBrokenOff() {
    clientSends(GET);
    crossing.client().taking(false);
    endpointSends(OK);
    assertThat(crossing.infos().getFirst().reason()).as("it is complete").isNull();
    crossing.pass(TAKE_GRACE);
    assertThat(crossing.client().isOpen()).isTrue();

    crossing.pass(SLACK);

    assertThat(crossing.client().isOpen()).isFalse();
  }

  @Test
  void oldConnectionEndsWithAnAnswer() {
    var maxAge = Duration.ofSeconds(100);
    crossing = Crossing.http1(Times.maxAge(maxAge));
    crossing.pass(maxAge.multipliedBy(89).dividedBy(100));
    clientSends(GET);
    endpointSends(OK);
    assertThat(sent()).startsWith("HTTP/1.1 200 ").doesNotContainIgnoringCase("connection: close");
    assertThat(crossing.client().isOpen()).isTrue();

    crossing.pass(maxAge.multipliedBy(22).dividedBy(100));
    assertThat(crossing.client().isOpen()).as("its next request may be on its way").isTrue();
    clientSends(GET);
    endpointSends(OK);

    assertThat(sent()).containsIgnoringCase("connection: close").endsWith("ok");
    assertThat(crossing.client().isOpen()).isFalse();
  }
}
