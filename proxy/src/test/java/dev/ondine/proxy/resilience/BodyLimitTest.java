package dev.ondine.proxy.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.route.BodyLimit;
import dev.ondine.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyLimitTest {
  private static final long LIMIT = 10;

  private final List<HttpExchange> served = new ArrayList<>();
  private final StringBuilder workload = new StringBuilder();
  private final HttpService service = new BodyLimit(LIMIT).around(this::serve);

  private void serve(HttpExchange exchange) {
    served.add(exchange);
    exchange.onAbort(() -> workload.append('!'));
    exchange
        .requestBody()
        .subscribe(
            new BodyStream.Receiver() {
              @Override
              public void data(Bytes bytes) {
                workload.append(new String(bytes.toArray(), StandardCharsets.UTF_8));
                bytes.release();
              }

              @Override
              public void end(Headers trailers) {
                workload.append('.');
              }

              @Override
              public void failed(Failure failure) {
                workload.append('x');
              }
            });
    exchange.requestBody().request(1_000);
  }

  private ClientExchange client(String method, BodyStream body) {
    return new ClientExchange(method, body, new ManualClock());
  }

  @Test
  void aBodyThatIsAnnouncedAsTooLongIsRefusedAtOnce() {
    var client = client("POST", new ManualBody(LIMIT + 1));

    service.serve(client);

    assertThat(client.seen()).isEqualTo("failed payload_too_large");
    assertThat(served).isEmpty();
  }

  @Test
  void aBodyOfTheLimitPasses() {
    var body = new ManualBody(BodyStream.UNKNOWN);
    service.serve(client("POST", body));

    body.send("01234");
    body.send("56789");
    body.finish();

    assertThat(workload).hasToString("0123456789.");
  }

  @Test
  void aBodyThatTurnsOutToBeTooLongBreaksOffAndIsRefused() {
    var body = new ManualBody(BodyStream.UNKNOWN);
    var client = client("POST", body);
    service.serve(client);

    body.send("0123456789");
    body.send("a");

    assertThat(client.seen()).isEqualTo("failed payload_too_large");
    assertThat(workload).hasToString("0123456789!");
    assertThat(body.isCancelled()).isTrue();
  }

  @Test
  void whatBreaksOffAnAnswerIsTheLimitToTheLogToo() {
    var body = new ManualBody(BodyStream.UNKNOWN);
    var client = client("POST", body);
    service.serve(client);
    served.getFirst().respond(new ResponseHead(200, Headers.of()), new ManualBody(100));

    body.send("0123456789a");
    client.info().brokeOff(Failure.perhapsSent(Reason.CLIENT_CLOSED, "what follows from it"));

    assertThat(client.seen()).isEqualTo("200 ");
    assertThat(client.info().reason()).isEqualTo(Reason.PAYLOAD_TOO_LARGE);
  }

  @Test
  void whatGoesThroughATunnelIsNoBody() {
    var body = new ManualBody(BodyStream.UNKNOWN);
    var client = client("CONNECT", body);
    service.serve(client);

    body.send("more than ten bytes");

    assertThat(client.seen()).isEmpty();
    assertThat(workload).hasToString("more than ten bytes");
  }
}
