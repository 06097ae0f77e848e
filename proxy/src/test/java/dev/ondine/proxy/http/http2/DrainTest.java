package dev.ondine.proxy.http.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a connection ends without a request being lost. */
class DrainTest {
  private final BlockingQueue<HttpExchange> held = new LinkedBlockingQueue<>();
  private Relay server;
  private RawHttp2 client;

  @BeforeEach
  void start() throws IOException {
    server = Relay.to(held::add);
    client = RawHttp2.connect(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  private void answerNext() throws InterruptedException {
    var exchange = held.poll(5, TimeUnit.SECONDS);
    exchange
        .loop()
        .execute(
            () ->
                exchange.respond(
                    new ResponseHead(200, Headers.of()), BodyStream.of(Bytes.of("ok"))));
  }

  @Test
  void whatWasSentBeforeTheClientKnewIsServed() throws Exception {
    client.request(1, true, "GET", "/");
    client.readUntil(frame -> frame.type() == Frame.SETTINGS && frame.has(Frame.ACK));
    server.acceptor().drain();
    var first = client.readUntil(Frame.GOAWAY).orElseThrow();
    assertThat(first.intAt(0)).isEqualTo(Integer.MAX_VALUE);
    assertThat(first.errorCode()).isEqualTo(Frame.NO_ERROR);
    var ping = client.readUntil(Frame.PING).orElseThrow();

    client.request(3, true, "GET", "/");
    var echo = new byte[8];
    ping.payload().duplicate().get(echo);
    client.send(Frame.PING, Frame.ACK, 0, echo);

    var second = client.readUntil(Frame.GOAWAY).orElseThrow();
    assertThat(second.intAt(0)).isEqualTo(3);
    answerNext();
    answerNext();
    assertThat(client.readUntil(f -> f.type() == Frame.DATA && f.stream() == 1)).isPresent();
    assertThat(client.readUntil(f -> f.type() == Frame.DATA && f.stream() == 3)).isPresent();
    assertThat(client.readUntil(frame -> false)).isEmpty(); // and then it closes
  }

  @Test
  void clientThatAnswersNoPingIsWaitedForOnlyShortly() throws Exception {
    client.request(1, true, "GET", "/");
    var exchange = held.poll(5, TimeUnit.SECONDS);
    held.add(exchange);
    server.acceptor().drain();

    client.readUntil(Frame.GOAWAY);
    assertThat(client.readUntil(Frame.GOAWAY).orElseThrow().intAt(0)).isEqualTo(1);
    answerNext();
    assertThat(client.readUntil(frame -> false)).isEmpty();
  }

  @Test
  void clientThatGoesAwayIsServedToTheEnd() throws Exception {
    client.request(1, true, "GET", "/");
    client.goAway(0, Frame.NO_ERROR);
    answerNext();

    assertThat(client.readUntil(Frame.DATA)).isPresent();
    assertThat(client.readUntil(frame -> false)).isEmpty();
  }
}
