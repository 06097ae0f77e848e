package dev.ondine.proxy.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.ForwardingExchange;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What time and failures do to a tunnel, before it is open and after. */
class TunnelTest {
  private static final Failure RESET = Failure.perhapsSent(Reason.UPSTREAM_RESET, "reset");

  private final ManualClock clock = new ManualClock();
  private final List<HttpExchange> tries = new ArrayList<>();
  private final ClientExchange client = new ClientExchange("GET", clock);
  private final ManualBody said = new ManualBody(BodyStream.UNKNOWN);
  private final ManualBody answer = new ManualBody(BodyStream.UNKNOWN);
  private final List<String> heard = new ArrayList<>();

  /** A handshake of this client. */
  private HttpExchange handshake() {
    var head =
        new RequestHead(
            "GET",
            "http",
            "orders",
            "/",
            HttpVersion.HTTP_1_1,
            Headers.of(),
            Optional.of(RequestHead.WEBSOCKET));
    return new ForwardingExchange(client) {
      @Override
      public RequestHead request() {
        return head;
      }

      @Override
      public BodyStream requestBody() {
        return said;
      }
    };
  }

  private static ResponseHead switching() {
    return new ResponseHead(101, Headers.of());
  }

  /** The endpoint listens to the client. */
  private void listen(HttpExchange exchange) {
    var body = exchange.requestBody();
    body.subscribe(
        new BodyStream.Receiver() {
          @Override
          public void data(Bytes bytes) {
            heard.add(new String(bytes.toArray(), StandardCharsets.UTF_8));
            body.request(bytes.length());
          }

          @Override
          public void end(Headers trailers) {
            heard.add("end");
          }

          @Override
          public void failed(Failure failure) {
            heard.add(failure.reason().text());
          }
        });
    body.request(10);
  }

  @Test
  void timeoutIsForTheHandshakeOnly() {
    new RequestTimeout(Duration.ofSeconds(1)).around(tries::add).serve(handshake());
    tries.getFirst().onAbort(() -> answer.breakOff(RESET));
    tries.getFirst().respond(switching(), answer);

    clock.advance(Duration.ofHours(2));

    assertThat(client.seen()).isEqualTo("101 ");
    answer.send("late");
    assertThat(client.seen()).isEqualTo("101 late");
  }

  @Test
  void handshakeThatIsNotAnsweredTimesOut() {
    new RequestTimeout(Duration.ofSeconds(1)).around(tries::add).serve(handshake());

    clock.advance(Duration.ofSeconds(1));

    assertThat(client.seen()).isEqualTo("failed upstream_timeout");
  }

  @Test
  void ordinaryAnswerKeepsItsDeadline() {
    new RequestTimeout(Duration.ofSeconds(1)).around(tries::add).serve(handshake());
    tries.getFirst().onAbort(() -> answer.breakOff(RESET));
    tries.getFirst().respond(new ResponseHead(200, Headers.of()), answer);

    clock.advance(Duration.ofSeconds(1));

    assertThat(client.seen()).isEqualTo("200 !");
  }

  @Test
  void idleTunnelIsBrokenOffOnBothSides() {
    new IdleTunnels(Duration.ofHours(1)).around(tries::add).serve(handshake());
    tries.getFirst().respond(switching(), answer);
    listen(tries.getFirst());
    clock.advance(Duration.ofMinutes(59));
    said.send("a");
    clock.advance(Duration.ofMinutes(59));
    answer.send("b");
    clock.advance(Duration.ofMinutes(59));
    assertThat(client.seen()).isEqualTo("101 b");
    assertThat(heard).containsExactly("a");

    clock.advance(Duration.ofMinutes(1));

    assertThat(client.seen()).isEqualTo("101 b!");
    assertThat(heard).containsExactly("a", "idle_timeout");
    assertThat(answer.isCancelled()).isTrue();
    assertThat(said.isCancelled()).isTrue();
  }

  @Test
  void handshakeThatFailsIsTriedElsewhereAndItsEarlyBytesWithIt() {
    Retries.outbound(_ -> {}).around(tries::add).serve(handshake());

    tries.getFirst().fail(RESET);
    assertThat(tries).hasSize(2);
    tries.getLast().respond(switching(), answer);
    listen(tries.getLast());
    said.send("early");

    assertThat(heard).containsExactly("early");
    assertThat(client.seen()).as("not held back for the server's first byte").isEqualTo("101 ");
  }

  @Test
  void openTunnelIsNeverTriedAgain() {
    Retries.outbound(_ -> {}).around(tries::add).serve(handshake());
    tries.getFirst().respond(switching(), answer);

    answer.breakOff(RESET);

    assertThat(tries).hasSize(1);
    assertThat(client.seen()).isEqualTo("101 !");
  }
}
