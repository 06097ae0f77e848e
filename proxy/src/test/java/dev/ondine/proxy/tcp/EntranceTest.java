package dev.ondine.proxy.tcp;

import static dev.ondine.proxy.tcp.TcpFixture.DB;
import static dev.ondine.proxy.tcp.TcpFixture.db;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.AppProtocol;
import dev.ondine.proxy.detect.DetectionSettings;
import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.FirstBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EntranceTest {
  /** Whoever waits for the end of it fails. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private final TcpFixture tcp = new TcpFixture(Map.of());
  private final BlockingQueue<String> looked = new ArrayBlockingQueue<>(16);

  @AfterEach
  void close() throws IOException {
    tcp.close();
  }

  /** Relays what it looks at; tells what it saw. */
  private void listen(Duration detection, Integer... serverFirstPorts) throws IOException {
    var relay = tcp.outbound(OutsideNames.Policy.PASSTHROUGH);
    FirstBytes choice =
        (info, start, last) -> {
          looked.add(StandardCharsets.UTF_8.decode(start.slice()).toString());
          return relay;
        };
    tcp.listens(
        new OutboundEntrance(
            relay,
            tcp.mesh.cache,
            new DetectionSettings(detection, Set.of(serverFirstPorts)),
            TcpSettings.DEFAULTS,
            choice),
        Direction.OUTBOUND);
    tcp.meantFor(DB);
  }

  @Test
  void knownTcpServiceIsRelayedWithoutAWordOfTheClient() throws IOException {
    listen(LONG);
    var db = tcp.upstream();
    tcp.isWarm(db(db.port()));

    var client = tcp.client();
    tcp.keep(db.accepts()).sends("welcome");

    assertThat(client.reads(7)).isEqualTo("welcome");
    assertThat(looked).isEmpty();
  }

  @Test
  void silentClientMakesDiscoveryAskWhoSpeaksFirst() throws IOException {
    listen(LONG);
    var db = tcp.upstream();
    var client = tcp.client();

    tcp.untilAsked();
    tcp.has(db(db.port()));
    tcp.keep(db.accepts()).sends("welcome");

    assertThat(client.reads(7)).isEqualTo("welcome");
    assertThat(looked).isEmpty();
  }

  @Test
  void hintedPortIsNotLookedAt() throws IOException {
    var mail = tcp.upstream();
    listen(LONG, mail.port());
    tcp.meantFor("127.0.0.1", mail.port());

    var client = tcp.client();
    tcp.keep(mail.accepts()).sends("220 ready");

    assertThat(client.reads(9)).isEqualTo("220 ready");
    assertThat(looked).isEmpty();
  }

  @Test
  void silentConnectionIsDecidedByTimeout() throws IOException {
    listen(Duration.ofMillis(100));
    var outside = tcp.upstream();
    tcp.meantFor("127.0.0.1", outside.port());

    var client = tcp.client();
    tcp.keep(outside.accepts()).sends("welcome");

    assertThat(client.reads(7)).isEqualTo("welcome");
    assertThat(looked).containsExactly("");
  }

  @Test
  void bytesThatWereLookedAtAreRelayedFirst() throws IOException {
    listen(LONG);
    var outside = tcp.upstream();
    tcp.meantFor("127.0.0.1", outside.port());

    var client = tcp.client();
    client.sends("first, ");
    var server = tcp.keep(outside.accepts());
    client.sends("second");

    assertThat(server.reads(13)).isEqualTo("first, second");
    assertThat(looked.peek()).startsWith("first");
  }

  @Test
  void clientThatEndsAtOnceIsRelayedToo() throws IOException {
    listen(LONG);
    var outside = tcp.upstream();
    tcp.meantFor("127.0.0.1", outside.port());

    var client = tcp.client();
    client.endsItsSide();
    var server = tcp.keep(outside.accepts());
    server.sends("only I speak");
    server.endsItsSide();

    assertThat(client.readsToTheEnd()).isEqualTo("only I speak");
    tcp.untilAllEnded();
  }

  @Test
  void knownHttpServiceIsWorthWaitingFor() throws Exception {
    listen(Duration.ofMillis(50));
    var web = tcp.upstream();
    tcp.isWarm(TcpFixture.web(AppProtocol.HTTP, List.of("db.default.mesh:3306"), web.port()));

    var client = tcp.client();
    var later = new CountDownLatch(2); // on each loop after the detection's timer
    tcp.loops.all().forEach(loop -> loop.schedule(Duration.ofMillis(200), later::countDown));
    assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
    client.sends("GET / HTTP/1.1\r\n\r\n");

    assertThat(looked.poll(10, TimeUnit.SECONDS)).startsWith("GET");
  }

  @Test
  void connectionThatWasNotRedirectedIsRefusedBeforeItIsLookedAt() throws IOException {
    listen(LONG);
    tcp.meantForNobody();

    assertThat(tcp.client().isBrokenOff()).isTrue();

    assertThat(looked).isEmpty();
    assertThat(tcp.log()).contains("\"reason\":\"loop\"");
  }

  @Test
  void clientThatLeavesWhileDiscoveryIsAskedLeavesNothingBehind() throws IOException {
    listen(LONG);
    var client = tcp.client();
    tcp.untilAsked();

    client.breaksOff();

    tcp.mesh.passes(Duration.ofHours(1));
    tcp.until(() -> tcp.mesh.control.subscribed().isEmpty());
  }

  @Test
  void inboundPortThatIsSaidToBeTcpIsNotLookedAt() throws IOException {
    var workload = tcp.upstream();
    listenInbound(AppProtocol.TCP, workload);

    var client = tcp.client();
    tcp.keep(workload.accepts()).sends("welcome");

    assertThat(client.reads(7)).isEqualTo("welcome");
    assertThat(looked).isEmpty();
  }

  @Test
  void inboundPortOfWhichNothingIsSaidIsLookedAt() throws IOException {
    var workload = tcp.upstream();
    listenInbound(AppProtocol.AUTO, workload);

    tcp.client().sends("hello");

    assertThat(tcp.keep(workload.accepts()).reads(5)).isEqualTo("hello");
    assertThat(looked).containsExactly("hello");
  }

  private void listenInbound(AppProtocol protocol, Upstream workload) throws IOException {
    var relay =
        new InboundTcp(
            tcp.sessions, TcpFixture::whereTheCallerMeant, tcp.connector, new OwnPorts(Set.of()));
    FirstBytes choice =
        (info, start, last) -> {
          looked.add(StandardCharsets.UTF_8.decode(start.slice()).toString());
          return relay;
        };
    Acceptor entrance =
        new InboundEntrance(
            relay,
            info -> protocol,
            new DetectionSettings(LONG, Set.of()),
            TcpSettings.DEFAULTS,
            new InboundEntrance.Choices(choice, choice, choice, Optional.empty()));
    tcp.listens(entrance, Direction.INBOUND);
    tcp.meantFor("127.0.0.1", workload.port());
  }
}
