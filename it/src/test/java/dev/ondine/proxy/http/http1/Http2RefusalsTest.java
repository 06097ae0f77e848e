package dev.ondine.proxy.http.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Failure;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever HTTP/2 refuses is counted, with a reason of the fixed set. */
class Http2RefusalsTest {
  private static final InetSocketAddress NOWHERE = InetSocketAddress.createUnresolved("client", 1);
  private static final ConnectionInfo INFO =
      new ConnectionInfo(
          ConnectionInfo.Direction.INBOUND, NOWHERE, NOWHERE, Optional.empty(), Optional.empty());

  private final List<Reason> refused = new ArrayList<>();
  private boolean drains;
  private boolean answers = true;
  private final Http2Acceptor acceptor =
      new Http2Acceptor(
          this::serve,
          Http2Limits.DEFAULTS,
          HttpTimes.DEFAULTS,
          (_, reason, _) -> refused.add(reason),
          new Http2Acceptor.Connections(1),
          new Memory(),
          new SplittableRandom(1));
  private final EmbeddedConnection client = accepted();

  private void serve(HttpExchange exchange) {
    if (answers) {
      exchange.respond(new ResponseHead(204, Headers.of()), BodyStream.empty());
    } else {
      exchange.requestBody().subscribe(new Discarding());
      exchange.requestBody().request(1_000);
    }
  }

  private static final class Discarding implements BodyStream.Receiver {
    @Override
    public void data(Bytes bytes) {
      bytes.release();
    }

    @Override
    public void end(Headers trailers) {}

    @Override
    public void failed(Failure failure) {}
  }

  private EmbeddedConnection accepted() {
    var connection = new EmbeddedConnection();
    acceptor.accept(connection.connection(), INFO);
    connection.run();
    return connection;
  }

  @AfterEach
  void nothingIsHeld() {
    client.end();
    assertThat(client.heldBytes()).isZero();
  }

  private void send(byte[] bytes) {
    client.receive(bytes, 0, bytes.length);
    client.run();
  }

  private void begin() {
    send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    send(frame(4, 0, 0));
    send(frame(4, 1, 0));
  }

  private static byte[] frame(int type, int flags, int stream, int... payload) {
    var frame = new ByteArrayOutputStream();
    frame.write(payload.length >> 16);
    frame.write(payload.length >> 8);
    frame.write(payload.length);
    frame.writeBytes(new byte[] {(byte) type, (byte) flags, 0, 0, 0, (byte) stream});
    for (var octet : payload) {
      frame.write(octet);
    }
    return frame.toByteArray();
  }

  @Test
  void aGoodRequestIsNot() {
    begin();
    send(frame(1, 5, 1, 0x82, 0x86, 0x84, 0x41, 1, 'a'));

    assertThat(refused).isEmpty();
  }

  @Test
  void anErrorOfAStream() {
    begin();
    send(frame(1, 5, 1, 0x82, 0x86, 0x84, 0x41, 1, 'a', 0x00, 1, 'A', 1, 'b')); // upper case

    assertThat(refused).containsExactly(Reason.BAD_REQUEST);
    assertThat(client.isOpen()).isTrue();
  }

  @Test
  void aFloodOfThemIsNoOverloadAndEachIsCountedOnce() {
    begin();
    var streams = 0;
    while (client.isOpen() && streams < 1_000) {
      var id = 2 * streams++ + 1;
      var malformed = frame(1, 5, id, 0x82, 0x86, 0x84, 0x41, 1, 'a', 0x00, 1, 'A', 1, 'b');
      malformed[7] = (byte) (id >> 8);
      send(malformed);
    }

    assertThat(client.isOpen()).isFalse();
    assertThat(refused).containsOnly(Reason.BAD_REQUEST).hasSize(streams);
  }

  @Test
  void anErrorOfTheConnection() {
    begin();
    send(frame(0, 0, 0, 1)); // DATA on stream 0

    assertThat(refused).containsExactly(Reason.BAD_REQUEST);
    client.pass(60);
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void noPreface() {
    send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));

    assertThat(refused).containsExactly(Reason.BAD_REQUEST);
  }

  @Test
  void moreHeadersThanNettyTakes() {
    begin();
    var block = new int[6 + 34 * 1_030];
    System.arraycopy(new int[] {0x82, 0x86, 0x84, 0x41, 1, 'a'}, 0, block, 0, 6);
    for (var field = 0; field < 34; field++) {
      var at = 6 + field * 1_030;
      Arrays.fill(block, at, at + 1_030, 'v');
      System.arraycopy(new int[] {0, 3, 'x', 'x', 'x'}, 0, block, at, 5);
      System.arraycopy(
          new int[] {0x7f, 0x80 | (1_022 - 127) % 128, (1_022 - 127) / 128}, 0, block, at + 5, 3);
    }
    var pieces = new ArrayList<byte[]>();
    for (var from = 0; from < block.length; from += 16_000) {
      var to = Math.min(block.length, from + 16_000);
      pieces.add(
          frame(
              from == 0 ? 1 : 9,
              (from == 0 ? 1 : 0) | (to == block.length ? 4 : 0),
              1,
              Arrays.copyOfRange(block, from, to)));
    }
    pieces.forEach(this::send);

    assertThat(refused).containsExactly(Reason.HEADER_TOO_LARGE);
  }

  @Test
  void aLateHead() {
    begin();
    send(frame(1, 1, 1, 0x82)); // and no CONTINUATION
    client.pass(13);

    assertThat(refused).containsExactly(Reason.REQUEST_TIMEOUT);
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void aBodyThatIsTooSlow() {
    answers = false;
    begin();
    send(frame(1, 4, 1, 0x83, 0x86, 0x84, 0x41, 1, 'a')); // POST
    client.pass(13);

    assertThat(refused).containsExactly(Reason.REQUEST_TIMEOUT);
    assertThat(client.isOpen()).isTrue();
  }

  @Test
  void whoComesWhenThereAreEnoughIsToldToGo() {
    begin();

    var further = accepted();

    assertThat(further.sent())
        .containsExactly(
            0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11);
    further.receive("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII), 0, 24);
    assertThat(further.isOpen()).as("its bytes are read, else it would be reset").isTrue();
    further.pass(2);
    assertThat(further.isOpen()).isFalse();
    assertThat(further.heldBytes()).isZero();
    assertThat(client.isOpen()).isTrue();

    var lingering = new ArrayList<EmbeddedConnection>();
    for (var i = 0; i < 150; i++) {
      lingering.add(accepted());
    }
    assertThat(lingering.stream().filter(EmbeddedConnection::isOpen)).hasSize(100);
    lingering.getFirst().end();
    lingering.add(accepted());
    assertThat(lingering.getLast().isOpen()).as("there is room for one more").isTrue();
    drains = true;
    lingering.get(1).end();
    lingering.add(accepted());
    assertThat(lingering.getLast().isOpen()).as("memory is short").isFalse();
    drains = false;
    lingering.forEach(
        each -> {
          each.end();
          assertThat(each.heldBytes()).isZero();
        });

    client.end();
    var next = accepted();
    assertThat(next.sent().length).as("SETTINGS, no GOAWAY").isGreaterThan(26);
    assertThat(acceptor.connections()).isEqualTo(1);
    next.end();
  }

  /** What may be short. */
  private final class Memory implements Shedding {
    @Override
    public boolean drains() {
      return drains;
    }

    @Override
    public boolean sheds() {
      return false;
    }

    @Override
    public void shed(Point point) {}
  }
}
