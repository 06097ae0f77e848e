package dev.ondine.proxy.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.Endpoint;
import dev.ondine.model.Endpoint.Health;
import dev.ondine.model.Locality;
import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetriesTest {
  private static final Failure RESET = Failure.perhapsSent(Reason.UPSTREAM_RESET, "reset");
  private static final Failure REFUSED =
      Failure.notSent(Reason.UPSTREAM_CONNECT_FAILURE, "refused");

  private final ManualClock clock = new ManualClock();
  private final List<HttpExchange> tries = new ArrayList<>();
  private int connectFailures;
  private final HttpService service = Retries.outbound(_ -> connectFailures++).around(tries::add);

  private ClientExchange call(String method) {
    return call(method, true);
  }

  private ClientExchange call(String method, boolean sidecar) {
    var client = new ClientExchange(method, clock);
    client
        .info()
        .trying(
            new Endpoint("10.0.0.1", 80, "", sidecar, false, Health.HEALTHY, 1, Locality.UNKNOWN));
    service.serve(client);
    return client;
  }

  @Test
  void answerGoesToTheClient() {
    var client = call("GET");

    tries.getFirst().respond(ok(), BodyStream.of(Bytes.of("hello")));

    assertThat(client.seen()).isEqualTo("200 hello.");
    assertThat(tries).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
  void methodThatMayBeRepeatedIsTriedOnceMoreAfterReset(String method) {
    var client = call(method);

    tries.getFirst().fail(RESET);
    assertThat(tries).hasSize(2);
    tries.getLast().fail(RESET);

    assertThat(tries).hasSize(2);
    assertThat(client.seen()).isEqualTo("failed upstream_reset");
  }

  @Test
  void interimAnswerThatTheClientHasSeenIsNotSentAgain() {
    var client = call("GET");

    tries.getFirst().inform(new ResponseHead(103, Headers.of("link", "</a>")));
    tries.getFirst().fail(RESET);

    assertThat(tries).hasSize(1);
    assertThat(client.seen()).isEqualTo("103 failed upstream_reset");
  }

  @Test
  void tryThatWasGivenUpSendsNoInterimAnswer() {
    var client = call("GET");
    tries.getFirst().fail(RESET);

    tries.getFirst().inform(new ResponseHead(103, Headers.of()));
    tries.getLast().respond(ok(), BodyStream.of(Bytes.of("other")));

    assertThat(client.seen()).isEqualTo("200 other.");
  }

  @Test
  void otherMethodIsTriedOnceMoreOnlyIfNobodyActedUponIt() {
    var reset = call("POST");
    tries.getFirst().fail(RESET);
    assertThat(reset.seen()).isEqualTo("failed upstream_reset");
    tries.clear();

    call("POST");
    tries.getFirst().fail(REFUSED);

    assertThat(tries).hasSize(2);
    assertThat(connectFailures).isEqualTo(1);
  }

  @Test
  void sidecarThatSentNothingOnIsBelieved() {
    call("POST");

    tries
        .getFirst()
        .respond(
            new ResponseHead(503, Headers.of(LocalReply.NOT_SENT_HEADER, "1")),
            BodyStream.of(Bytes.of("no endpoints")));

    assertThat(tries).hasSize(2);
  }

  @Test
  void workloadThatSpeaksForASidecarIsNotBelieved() {
    var client = call("POST", false);

    tries
        .getFirst()
        .respond(
            new ResponseHead(503, Headers.of(LocalReply.NOT_SENT_HEADER, "1")),
            BodyStream.of(Bytes.of("no endpoints")));

    assertThat(tries).hasSize(1);
    assertThat(client.seen()).isEqualTo("503 no endpoints.");
  }

  @Test
  void sidecarThatSentNothingOnIsBelievedOfGrpcToo() {
    var client = call("POST");

    tries.getFirst().respond(nothingSent("14"), BodyStream.empty());
    assertThat(tries).hasSize(2);

    var answer = nothingSent("14");
    tries.getLast().respond(answer, BodyStream.empty());
    assertThat(client.seen()).isEqualTo("200 .");
    assertThat(answer.headers().contains(LocalReply.NOT_SENT_HEADER)).isFalse();
  }

  @Test
  void answerThatClaimsNothingWasSentIsAnAnswer() {
    var client = call("POST");

    tries.getFirst().respond(nothingSent("0"), BodyStream.of(Bytes.of("hello")));

    assertThat(tries).hasSize(1);
    assertThat(client.seen()).isEqualTo("200 hello.");
  }

  private static ResponseHead nothingSent(String grpcStatus) {
    return new ResponseHead(
        200, Headers.of("grpc-status", grpcStatus, LocalReply.NOT_SENT_HEADER, "true"));
  }

  @Test
  void sidecarWhoseWorkloadDiedIsTakenForReset() {
    var client = call("GET");
    tries.getFirst().respond(lostWorkload(), BodyStream.of(Bytes.of("upstream_reset")));
    tries.getLast().respond(ok(), BodyStream.of(Bytes.of("other")));
    assertThat(tries).hasSize(2);
    assertThat(client.seen()).isEqualTo("200 other.");
    tries.clear();

    var post = call("POST");
    tries.getFirst().respond(lostWorkload(), BodyStream.empty());

    assertThat(tries).hasSize(1);
    assertThat(post.seen()).startsWith("502");
  }

  private static ResponseHead lostWorkload() {
    return new ResponseHead(502, Headers.of(LocalReply.REASON_HEADER, "upstream_reset"));
  }

  @Test
  void answerThatBreaksOffBeforeItsBodyBeginsIsTakenBack() {
    var client = call("GET");
    var lost = new ManualBody(5);
    tries.getFirst().respond(ok(), lost);
    assertThat(client.seen()).isEmpty();

    lost.breakOff(RESET);
    tries.getLast().respond(ok(), BodyStream.of(Bytes.of("other")));

    assertThat(tries).hasSize(2);
    assertThat(client.seen()).isEqualTo("200 other.");
  }

  @Test
  void answerThatBreaksOffLaterIsBrokenOff() {
    var client = call("GET");
    var body = new ManualBody(10);
    tries.getFirst().respond(ok(), body);
    body.send("hello");

    body.breakOff(RESET);

    assertThat(tries).hasSize(1);
    assertThat(client.seen()).isEqualTo("200 hello!");
  }

  @Test
  void headWhoseBodyIsSlowGoesAlone() {
    var client = call("GET");
    var body = new ManualBody(BodyStream.UNKNOWN);
    tries.getFirst().respond(ok(), body);

    clock.advance(Duration.ofMillis(49));
    assertThat(client.seen()).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(client.seen()).isEqualTo("200 ");

    body.send("late");
    body.finish();
    assertThat(client.seen()).isEqualTo("200 late.");
  }

  @Test
  void eventStreamAndOtherMethodsAreNotHeldBack() {
    var events = call("GET");
    tries
        .getLast()
        .respond(
            new ResponseHead(200, Headers.of("content-type", "text/event-stream")),
            new ManualBody(BodyStream.UNKNOWN));
    var post = call("POST");
    tries.getLast().respond(ok(), new ManualBody(BodyStream.UNKNOWN));

    assertThat(events.seen()).isEqualTo("200 ");
    assertThat(post.seen()).isEqualTo("200 ");
  }

  @Test
  void answersHeldAtOnceGoOneByOne() {
    var first = call("GET");
    tries.getLast().respond(ok(), new ManualBody(1));
    clock.advance(Duration.ofMillis(30));
    var second = call("GET");
    tries.getLast().respond(ok(), new ManualBody(1));

    clock.advance(Duration.ofMillis(20));
    assertThat(first.seen()).isEqualTo("200 ");
    assertThat(second.seen()).isEmpty();
    clock.advance(Duration.ofMillis(30));
    assertThat(second.seen()).isEqualTo("200 ");
    assertThat(clock.timers()).isZero();
  }

  @Test
  void clientThatLeftGetsNothingAndNothingIsTriedForIt() {
    var client = call("GET");
    var body = new ManualBody(5);
    tries.getFirst().respond(ok(), body);

    client.leave();
    body.breakOff(RESET);
    assertThat(tries).hasSize(1);

    var late = call("GET");
    var slow = new ManualBody(5);
    tries.getLast().respond(ok(), slow);
    late.leave();
    clock.advance(Duration.ofMillis(50));
    assertThat(slow.isCancelled()).isTrue();
    assertThat(late.seen()).isEmpty();
  }

  @Test
  void bodyFlowsAtTheClientsPace() {
    var client = call("GET");
    var body = new ManualBody(BodyStream.UNKNOWN);
    tries.getFirst().respond(ok(), body);

    for (var i = 0; i < 5; i++) {
      body.send("0123456789"); // the client asks for each again when it has it
    }
    body.finish();

    assertThat(client.seen()).isEqualTo("200 " + "0123456789".repeat(5) + ".");
  }

  private static ResponseHead ok() {
    return new ResponseHead(200, Headers.of());
  }
}
