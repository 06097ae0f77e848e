package dev.ondine.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.tcp.Peer;
import dev.ondine.proxy.tcp.Upstream;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A connection with one side ended costs no time while nothing moves, and leaves nothing behind.
 *
 * <p>A descriptor that is ready for what nobody takes would be told in every round of the loop, and
 * a loop with a task makes a round at least: so silence over many tasks is silence for ever.
 */
class HalfCloseEpollTest {
  private static final int ROUNDS = 100;

  private final CountingEpoll epoll = new CountingEpoll();
  private final BlockingQueue<Relay> relays = new ArrayBlockingQueue<>(1);
  private final BlockingQueue<Relay.End> ends = new ArrayBlockingQueue<>(1);
  private EventLoops loops;
  private TcpListener listener;
  private Upstream upstream;
  private long watchedBefore;

  @BeforeEach
  void listen() throws IOException {
    assumeThat(Epoll.isAvailable()).isTrue();
    loops = EventLoops.start(1, HalfCloseEpoll.over(epoll.newFactory()), true);
    upstream = new Upstream(4_096);
    listener =
        TcpListener.bind(
            loops,
            ListenerSettings.on(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Direction.OUTBOUND),
            (connection, info) ->
                relays.add(Relay.hold(connection, RelaySettings.DEFAULTS, new Ends())));
    await().until(() -> epoll.watched() == 1);
    watchedBefore = epoll.watched();
  }

  @AfterEach
  void close() throws IOException {
    if (listener != null) {
      listener.close();
      upstream.close();
      loops.close();
    }
  }

  private final class Ends implements Relay.Watcher {
    @Override
    public void moved(long received, long sent) {}

    @Override
    public void ended(Relay.End end) {
      ends.add(end);
    }
  }

  private Peer client() throws IOException {
    return Peer.connect(((InetSocketAddress) listener.address()).getPort());
  }

  private Relay held() throws InterruptedException {
    return relays.poll(10, TimeUnit.SECONDS);
  }

  private Relay joined() throws InterruptedException {
    var relay = held();
    new TcpConnector(loops, Map.of(), TcpConnector.Guard.OFF)
        .forRelay()
        .connect(
            loops.all().getFirst(),
            "127.0.0.1",
            upstream.port(),
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
    return relay;
  }

  /** Makes the loop turn this often, each time with a look at epoll. */
  private void turn(int rounds) throws InterruptedException {
    for (var i = 0; i < rounds; i++) {
      var turned = new CountDownLatch(1);
      loops.all().getFirst().execute(turned::countDown);
      assertThat(turned.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** What was under way may come late on a busy machine; what tells for ever tells at each turn. */
  private void assertNothingIsTold() throws InterruptedException {
    var told = epoll.events();
    for (var tries = 100; tries > 0; tries--) {
      turn(ROUNDS);
      var now = epoll.events();
      if (now == told) {
        return;
      }
      told = now;
    }
    throw new AssertionError("epoll tells something at each turn while nothing moves");
  }

  private void assertNothingIsLeft() {
    await().until(() -> epoll.watched() == watchedBefore && listener.connections() == 0);
  }

  private long buffered(Relay relay) throws InterruptedException {
    var answer = new AtomicLong();
    var there = new CountDownLatch(1);
    loops
        .all()
        .getFirst()
        .execute(
            () -> {
              answer.set(relay.buffered());
              there.countDown();
            });
    there.await();
    return answer.get();
  }

  @Test
  void clientThatEndedItsSideAndWaitsForAnEndpoint() throws Exception {
    try (var client = client()) {
      client.sends("request");
      client.endsItsSide();
      var relay = held();

      assertNothingIsTold();

      loops.all().getFirst().execute(relay::breakOff);
      assertThat(ends.poll(10, TimeUnit.SECONDS)).isEqualTo(Relay.End.BROKEN_OFF);
    }
    assertNothingIsLeft();
  }

  @Test
  void clientThatBreaksOffIsSeenAlthoughNobodyReads() throws Exception {
    var client = client();
    held();
    assertNothingIsTold();

    client.breaksOff();

    assertThat(ends.poll(10, TimeUnit.SECONDS)).isEqualTo(Relay.End.CLIENT_BROKE_OFF);
    assertNothingIsLeft();
  }

  @Test
  void clientThatEndedItsSideAndWaitsForItsAnswer() throws Exception {
    try (var client = client()) {
      client.endsItsSide();
      joined();
      try (var server = upstream.accepts()) {
        assertThat(server.readsToTheEnd()).isEmpty();

        assertNothingIsTold();

        server.sends("answer");
        server.endsItsSide();
        assertThat(client.readsToTheEnd()).isEqualTo("answer");
        assertThat(ends.poll(10, TimeUnit.SECONDS)).isEqualTo(Relay.End.IN_ORDER);
      }
    }
    assertNothingIsLeft();
  }

  @Test
  void serverThatEndedItsSideAndListensOn() throws Exception {
    try (var client = client()) {
      joined();
      try (var server = upstream.accepts()) {
        server.endsItsSide();
        assertThat(client.readsToTheEnd()).isEmpty();

        assertNothingIsTold();

        client.sends("late");
        client.endsItsSide();
        assertThat(server.readsToTheEnd()).isEqualTo("late");
        assertThat(ends.poll(10, TimeUnit.SECONDS)).isEqualTo(Relay.End.IN_ORDER);
      }
    }
    assertNothingIsLeft();
  }

  @Test
  void clientThatEndedItsSideWithBytesThatNobodyTakesYet() throws Exception {
    try (var client = client()) {
      var relay = joined();
      try (var server = upstream.accepts()) {
        var written = sendUntilFull(client, relay);
        client.endsItsSide();

        assertNothingIsTold();

        assertThat(server.readsToTheEnd()).hasSize(written);
        server.endsItsSide();
        assertThat(ends.poll(10, TimeUnit.SECONDS)).isEqualTo(Relay.End.IN_ORDER);
      }
    }
    assertNothingIsLeft();
  }

  /** Both directions of the client's connection have ended, with bytes still to be read. */
  @Test
  void clientThatIsDoneWithBytesThatNobodyTakesYet() throws Exception {
    try (var client = client()) {
      var relay = joined();
      try (var server = upstream.accepts()) {
        server.endsItsSide();
        assertThat(client.readsToTheEnd()).isEmpty();
        var written = sendUntilFull(client, relay);
        client.endsItsSide();

        await().until(() -> epoll.watched() == watchedBefore + 1); // the server's connection only
        assertNothingIsTold();

        assertThat(server.readsToTheEnd()).hasSize(written);
        assertThat(ends.poll(10, TimeUnit.SECONDS)).isEqualTo(Relay.End.IN_ORDER);
      }
    }
    assertNothingIsLeft();
  }

  /**
   * Until more bytes change nothing: the relay has stopped to read, and they stay in the kernel.
   */
  private int sendUntilFull(Peer client, Relay relay) throws IOException, InterruptedException {
    var written = 0;
    var before = -1L;
    for (var unchanged = 0; unchanged < 3; ) {
      client.sends("x".repeat(16_384));
      written += 16_384;
      turn(5);
      var now = buffered(relay);
      unchanged = now > 0 && now == before ? unchanged + 1 : 0;
      before = now;
    }
    return written;
  }

  @Test
  void doneClientThatIsBrokenOffLeavesNothing() throws Exception {
    try (var client = client()) {
      var relay = joined();
      try (var server = upstream.accepts()) {
        server.endsItsSide();
        assertThat(client.readsToTheEnd()).isEmpty();
        sendUntilFull(client, relay);
        client.endsItsSide();
        await().until(() -> epoll.watched() == watchedBefore + 1);

        server.breaksOff();

        assertThat(ends.poll(10, TimeUnit.SECONDS)).isEqualTo(Relay.End.UPSTREAM_BROKE_OFF);
      }
    }
    assertNothingIsLeft();
  }
}
