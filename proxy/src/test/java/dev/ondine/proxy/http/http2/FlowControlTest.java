package dev.ondine.proxy.http.http2;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who holds back bytes, and whom that stops. */
class FlowControlTest {
  private static final int WINDOW = Http2Limits.DEFAULTS.streamWindow();
  private static final int PIECE = 16_384;

  private final BlockingQueue<HttpExchange> held = new LinkedBlockingQueue<>();
  private final AtomicLong asked = new AtomicLong();
  private @Nullable Relay relay;
  private @Nullable RawHttp2 raw;

  private RawHttp2 start(Http2Limits limits) throws IOException {
    relay = Relay.to(this::serve, limits);
    raw = RawHttp2.connect(relay.port());
    return raw;
  }

  @AfterEach
  void stop() throws IOException {
    requireNonNull(raw).close();
    requireNonNull(relay).close();
  }

  private void serve(HttpExchange exchange) {
    switch (exchange.request().path()) {
      case "/hold" -> held.add(exchange);
      case "/endless" -> exchange.respond(new ResponseHead(200, Headers.of()), new Endless());
      default -> exchange.respond(new ResponseHead(200, Headers.of()), exchange.requestBody());
    }
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
    public void cancel() {
      asked.set(-1);
    }
  }

  private static void upload(RawHttp2 client, int stream, int bytes, boolean end)
      throws IOException {
    for (var left = bytes; left > 0; left -= PIECE) {
      var last = left <= PIECE;
      client.send(
          Frame.DATA, last && end ? Frame.END_STREAM : 0, stream, new byte[Math.min(left, PIECE)]);
    }
  }

  @Test
  void heldUploadGetsNoCreditButStallsNoOther() throws Exception {
    var client = start(Http2Limits.DEFAULTS);
    client.request(1, false, "POST", "/hold");
    upload(client, 1, WINDOW, false);

    // As much as both windows together, on other streams of the same connection.
    for (var stream = 3; stream < 63; stream += 2) {
      client.request(stream, false, "POST", "/echo");
      upload(client, stream, 50_000, true);
      client.sendInt(Frame.WINDOW_UPDATE, 0, 50_000);
      var id = stream;
      var end =
          client.readUntil(
              frame -> {
                assertThat(frame.type() == Frame.WINDOW_UPDATE && frame.stream() == 1).isFalse();
                return frame.stream() == id && frame.type() == Frame.DATA && frame.has(1);
              });
      assertThat(end).isPresent();
    }
  }

  @Test
  void creditReturnsAsTheReceiverAsks() throws Exception {
    var client = start(Http2Limits.DEFAULTS);
    client.request(1, false, "POST", "/hold");
    upload(client, 1, WINDOW, false);
    var exchange = requireNonNull(held.poll(5, TimeUnit.SECONDS));
    var taken = new AtomicLong();

    exchange
        .loop()
        .execute(
            () -> {
              exchange.requestBody().subscribe(new Counting(taken));
              exchange.requestBody().request(WINDOW / 2 + 1);
            });

    var credit =
        client.readUntil(f -> f.type() == Frame.WINDOW_UPDATE && f.stream() == 1).orElseThrow();
    assertThat((long) credit.intAt(0)).isEqualTo(taken.get()).isLessThan(WINDOW);
  }

  @Test
  void clientThatSendsBeyondItsCreditIsReset() throws Exception {
    var client = start(Http2Limits.DEFAULTS);
    client.request(1, false, "POST", "/hold");
    upload(client, 1, WINDOW + 1, false);

    assertThat(client.readUntil(Frame.RST_STREAM).orElseThrow().errorCode())
        .isEqualTo(Frame.FLOW_CONTROL_ERROR);
  }

  @Test
  void answerIsFetchedOnlyAsFarAsTheClientTakesIt() throws Exception {
    var client = start(Http2Limits.DEFAULTS);
    client.request(1, true, "GET", "/endless");

    // The client's windows are 64 KiB: so much leaves, and as much waits.
    var got = 0;
    while (got < WINDOW) {
      got += client.readUntil(Frame.DATA).orElseThrow().length();
    }
    client.send(Frame.PING, 0, 0, new byte[8]);
    client.readUntil(Frame.PING);
    assertThat(asked.get()).isLessThanOrEqualTo(2L * OutboundBody.AHEAD);
  }

  @Test
  void clientThatTakesNothingForTooLongIsReset() throws Exception {
    var defaults = Http2Limits.DEFAULTS;
    var client =
        start(
            new Http2Limits(
                defaults.maxStreams(),
                defaults.streamWindow(),
                defaults.connectionWindow(),
                defaults.maxHeaderBytes(),
                defaults.maxHeaderFields(),
                defaults.maxSmallContinuations(),
                defaults.maxQueuedBytes(),
                defaults.maxResets(),
                defaults.maxIdleFrames(),
                defaults.resetWindow(),
                Duration.ofMillis(200),
                defaults.drainGrace()));
    client.request(1, true, "GET", "/endless");

    assertThat(client.readUntil(Frame.RST_STREAM).orElseThrow().errorCode())
        .isEqualTo(Frame.CANCEL);
    await().untilAsserted(() -> assertThat(asked).hasValue(-1));
  }

  @Test
  void leavingClientCancelsTheAnswer() throws Exception {
    var client = start(Http2Limits.DEFAULTS);
    client.request(1, true, "GET", "/endless");
    client.readUntil(Frame.DATA);

    client.sendInt(Frame.RST_STREAM, 1, Frame.CANCEL);

    await().untilAsserted(() -> assertThat(asked).hasValue(-1));
  }

  @Test
  void manySmallPiecesAreKeptTogether() throws Exception {
    var client = start(Http2Limits.DEFAULTS);
    client.request(1, false, "POST", "/hold");
    for (var i = 0; i < 20_000; i++) {
      client.send(Frame.DATA, 0, 1, (byte) i);
    }
    client.send(Frame.DATA, Frame.END_STREAM, 1);
    var exchange = requireNonNull(held.poll(5, TimeUnit.SECONDS));

    exchange
        .loop()
        .execute(
            () -> exchange.respond(new ResponseHead(200, Headers.of()), exchange.requestBody()));

    var got = 0;
    while (got < 20_000) {
      var data = client.readUntil(Frame.DATA).orElseThrow();
      for (var i = 0; i < data.length(); i++) {
        assertThat(data.payload().get(i)).isEqualTo((byte) (got + i));
      }
      got += data.length();
    }
  }

  /** Counts what it gets. */
  private record Counting(AtomicLong taken) implements BodyStream.Receiver {
    @Override
    public void data(Bytes bytes) {
      taken.addAndGet(bytes.length());
      bytes.release();
    }

    @Override
    public void end(Headers trailers) {}

    @Override
    public void failed(Failure failure) {}
  }
}
