package dev.ondine.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.tcp.Peer;
import dev.ondine.proxy.tcp.Upstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A relay between real sockets, on both of the transports. */
@ParameterizedClass
@ValueSource(strings = {"epoll", "nio"})
class RelayTest {
  private static final int BUFFER = 65_536;
  private static final int ONE_READ = 65_536 + 1_024; // with what Netty adds for each buffer

  private final EventLoops loops;
  private final Upstream upstream = new Upstream();
  private final BlockingQueue<Relay> relays = new ArrayBlockingQueue<>(1);
  private final BlockingQueue<Relay.End> ends = new ArrayBlockingQueue<>(1);
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private Duration idle = Duration.ofHours(1);
  private TcpListener listener;

  RelayTest(String transport) throws IOException {
    loops = transport.equals("nio") ? EventLoops.startNio(1) : EventLoops.start(1);
  }

  @BeforeEach
  void listen() throws IOException {
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    listener =
        TcpListener.bind(
            loops,
            ListenerSettings.on(loopback, Direction.OUTBOUND),
            (connection, info) -> {
              var settings = new RelaySettings(idle, BUFFER);
              relays.add(Relay.hold(connection, settings, new Watcher()));
            });
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
    upstream.close();
    loops.close();
  }

  private final class Watcher implements Relay.Watcher {
    @Override
    public void moved(long bytesReceived, long bytesSent) {
      received.addAndGet(bytesReceived);
      sent.addAndGet(bytesSent);
    }

    @Override
    public void ended(Relay.End end) {
      ends.add(end);
    }
  }

  private Peer client() throws IOException {
    return Peer.connect(((InetSocketAddress) listener.address()).getPort());
  }

  /** Connects the held connection to the upstream. */
  private Relay joined() throws InterruptedException {
    var relay = relays.poll(10, TimeUnit.SECONDS);
    join(relay, upstream.port());
    return relay;
  }

  private void join(Relay relay, int port) {
    new TcpConnector(loops, Map.of(), TcpConnector.Guard.OFF)
        .forRelay()
        .connect(
            loops.all().getFirst(),
            "127.0.0.1",
            port,
            Duration.ofSeconds(5),
            new TcpConnector.Attempt() {
              @Override
              public void connected(Connection connection) {
                relay.to(connection);
              }

              @Override
              public void failed(Failure why) {
                throw new AssertionError(why.detail());
              }
            });
  }

  private Relay.End end() throws InterruptedException {
    return ends.poll(10, TimeUnit.SECONDS);
  }

  /** What is buffered, asked on the loop. */
  private long buffered(Relay relay) throws InterruptedException {
    var answer = new SynchronousQueue<Long>();
    loops
        .all()
        .getFirst()
        .execute(
            () -> {
              var buffered = relay.buffered();
              Thread.ofVirtual().start(() -> put(answer, buffered));
            });
    return answer.take();
  }

  private static void put(SynchronousQueue<Long> to, long value) {
    try {
      to.put(value);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void clientMayEndItsSideFirst() throws Exception {
    try (var client = client()) {
      client.sends("request");
      client.endsItsSide();
      joined();
      try (var server = upstream.accepts()) {
        assertThat(server.readsToTheEnd()).isEqualTo("request");
        server.sends("answer");
        assertThat(client.reads(6)).isEqualTo("answer");
        server.endsItsSide();
        assertThat(client.readsToTheEnd()).isEmpty();
        assertThat(end()).isEqualTo(Relay.End.IN_ORDER);
      }
    }
    assertThat(received).hasValue(7);
    assertThat(sent).hasValue(6);
  }

  @Test
  void serverMayEndItsSideFirst() throws Exception {
    try (var client = client()) {
      joined();
      try (var server = upstream.accepts()) {
        server.sends("answer");
        server.endsItsSide();
        assertThat(client.readsToTheEnd()).isEqualTo("answer");
        client.sends("request");
        client.endsItsSide();
        assertThat(server.readsToTheEnd()).isEqualTo("request");
        assertThat(end()).isEqualTo(Relay.End.IN_ORDER);
      }
    }
  }

  @Test
  void bothMayEndWithoutAWord() throws Exception {
    try (var client = client()) {
      client.endsItsSide();
      joined();
      try (var server = upstream.accepts()) {
        server.endsItsSide();
        assertThat(server.readsToTheEnd()).isEmpty();
        assertThat(client.readsToTheEnd()).isEmpty();
        assertThat(end()).isEqualTo(Relay.End.IN_ORDER);
      }
    }
  }

  @Test
  void clientThatBreaksOffBreaksOffTheUpstream() throws Exception {
    try (var client = client()) {
      client.sends("x");
      joined();
      try (var server = upstream.accepts()) {
        assertThat(server.reads(1)).isEqualTo("x");
        client.breaksOff();
        assertThat(server.isBrokenOff()).isTrue();
        assertThat(end()).isEqualTo(Relay.End.CLIENT_BROKE_OFF);
      }
    }
  }

  @Test
  void upstreamThatBreaksOffBreaksOffTheClientAfterWhatItSent() throws Exception {
    try (var client = client()) {
      joined();
      try (var server = upstream.accepts()) {
        server.sends("partial");
        assertThat(client.reads(7)).isEqualTo("partial");
        server.breaksOff();
        assertThat(client.isBrokenOff()).isTrue();
        assertThat(end()).isEqualTo(Relay.End.UPSTREAM_BROKE_OFF);
      }
    }
  }

  @Test
  void clientThatLeftIsNotConnected() throws Exception {
    var client = client();
    var relay = relays.poll(10, TimeUnit.SECONDS);
    loops.all().getFirst().execute(relay::breakOff);
    assertThat(end()).isEqualTo(Relay.End.BROKEN_OFF);

    join(relay, upstream.port());
    try (var server = upstream.accepts()) {
      assertThat(server.readsToTheEnd()).isEmpty();
    }
    client.close();
  }

  @Test
  void silenceOnBothSidesEnds() throws Exception {
    idle = Duration.ofSeconds(1);
    try (var client = client()) {
      joined();
      try (var server = upstream.accepts()) {
        assertThat(end()).isEqualTo(Relay.End.IDLE);
        assertThat(client.isBrokenOff()).isTrue();
        assertThat(server.isBrokenOff()).isTrue();
      }
    }
  }

  @Test
  void slowReaderStopsTheWriterAndLosesNothing() throws Exception {
    // More than the kernel's buffers of the sockets may grow to.
    var bytes = new byte[32 << 20];
    new Random(1).nextBytes(bytes);
    try (var slow = new Upstream(4_096);
        var client = client()) {
      var relay = relays.poll(10, TimeUnit.SECONDS);
      join(relay, slow.port());
      try (var server = slow.accepts()) {
        var writer = Thread.ofVirtual().start(() -> sendAll(client, bytes));
        await().until(() -> buffered(relay) >= BUFFER);
        for (var i = 0; i < 100; i++) {
          assertThat(buffered(relay)).isBetween((long) BUFFER, (long) BUFFER + ONE_READ);
        }
        var in = server.socket.getInputStream();
        var chunk = new byte[BUFFER];
        for (var at = 0; at < bytes.length; at += chunk.length) {
          assertThat(in.readNBytes(chunk, 0, chunk.length)).isEqualTo(chunk.length);
          assertThat(Arrays.mismatch(chunk, 0, chunk.length, bytes, at, at + chunk.length))
              .isNegative();
          assertThat(buffered(relay)).isLessThanOrEqualTo(BUFFER + ONE_READ);
        }
        assertThat(server.readsToTheEnd()).isEmpty();
        writer.join();
        server.endsItsSide();
        assertThat(end()).isEqualTo(Relay.End.IN_ORDER);
      }
    }
    assertThat(received).hasValue(bytes.length);
  }

  @Test
  void endOfAWriterDoesNotOvertakeItsBytes() throws Exception {
    try (var slow = new Upstream(4_096);
        var client = client()) {
      var relay = relays.poll(10, TimeUnit.SECONDS);
      join(relay, slow.port());
      try (var server = slow.accepts()) {
        var written = 0;
        while (buffered(relay) == 0) { // until the kernel takes no more
          client.sends("x".repeat(16_384));
          written += 16_384;
        }
        client.endsItsSide();
        for (var i = 0; i < 10; i++) {
          assertThat(buffered(relay)).isPositive(); // and the loop turns, and sees the end
        }
        assertThat(server.readsToTheEnd()).hasSize(written);
      }
    }
  }

  @Test
  void clientThatEndedItsSideGetsALongAnswer() throws Exception {
    var answer = new byte[32 << 20];
    new Random(1).nextBytes(answer);
    try (var client = client()) {
      client.sends("all of it");
      client.endsItsSide();
      joined();
      try (var server = upstream.accepts()) {
        assertThat(server.readsToTheEnd()).isEqualTo("all of it");
        var writer = Thread.ofVirtual().start(() -> sendAll(server, answer));
        var got = client.socket.getInputStream().readAllBytes();
        assertThat(Arrays.equals(got, answer)).isTrue();
        writer.join();
        assertThat(end()).isEqualTo(Relay.End.IN_ORDER);
      }
    }
  }

  /** One side has ended both ways long before the other has taken all. */
  @Test
  void serverMayEndItsSideWhileItsPeersBytesWait() throws Exception {
    var bytes = new byte[32 << 20];
    new Random(1).nextBytes(bytes);
    try (var slow = new Upstream(4_096);
        var client = client()) {
      var relay = relays.poll(10, TimeUnit.SECONDS);
      join(relay, slow.port());
      try (var server = slow.accepts()) {
        server.endsItsSide();
        assertThat(client.readsToTheEnd()).isEmpty();
        var writer = Thread.ofVirtual().start(() -> sendAll(client, bytes));
        await().until(() -> buffered(relay) >= BUFFER);
        var got = server.socket.getInputStream().readAllBytes();
        assertThat(Arrays.equals(got, bytes)).isTrue();
        writer.join();
        assertThat(end()).isEqualTo(Relay.End.IN_ORDER);
      }
    }
  }

  private static void sendAll(Peer client, byte[] bytes) {
    try {
      client.socket.getOutputStream().write(bytes);
      client.endsItsSide();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
