package dev.ondine.proxy.tcp;

import static dev.ondine.proxy.tcp.TcpFixture.DB;
import static dev.ondine.proxy.tcp.TcpFixture.db;
import static dev.ondine.proxy.tcp.TcpFixture.tls;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.DemandKey;
import dev.ondine.model.ServiceState;
import dev.ondine.proxy.detect.Hello;
import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.tls.Alert;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboundTlsTest {
  private static final byte[] HELLO = Hello.to("orders").bytes();

  private final TcpFixture tcp = new TcpFixture(Map.of());
  private final Upstream elsewhere = new Upstream();
  private final DemandKey.Sni orders = sni("orders");

  OutboundTlsTest() throws IOException {}

  private DemandKey.Sni sni(String host) {
    return DemandKey.Sni.of(host, elsewhere.port(), "default").orElseThrow();
  }

  @BeforeEach
  void listen() throws IOException {
    listen(OutsideNames.Policy.PASSTHROUGH);
    tcp.meantFor("127.0.0.1", elsewhere.port());
  }

  private void listen(OutsideNames.Policy outside) throws IOException {
    tcp.listens(
        new OutboundTls(
            tcp.outbound(outside),
            tcp.sessions.metrics(),
            TcpSettings.parse(Map.of("clientHello", "200ms"))),
        Direction.OUTBOUND);
  }

  @AfterEach
  void close() throws IOException {
    tcp.close();
    elsewhere.close();
  }

  private void untilAsked(DemandKey key) {
    tcp.until(() -> tcp.mesh.control.subscribed().contains(key.wire()));
  }

  private Peer clientSays(byte[] bytes) throws IOException {
    var client = tcp.client();
    client.sends(bytes);
    return client;
  }

  /** Reads to FIN: a RST would be an exception. */
  private static byte[] lastBytes(Peer client) throws IOException {
    return client.socket.getInputStream().readAllBytes();
  }

  // ---- a name of the mesh
  // -------------------------------------------------------------------------

  @Test
  void connectionWaitsForTheServiceOfItsNameAndIsRelayedUntouched() throws IOException {
    var service = tcp.upstream();
    var client = clientSays(HELLO);
    untilAsked(orders);

    tcp.has(tls(orders, service.port()));
    var server = tcp.keep(service.accepts());

    assertThat(server.socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
    server.sends("answer");
    server.endsItsSide();
    assertThat(client.readsToTheEnd()).isEqualTo("answer");
    client.sends("more");
    client.endsItsSide();
    assertThat(server.readsToTheEnd()).isEqualTo("more");
    assertThat(tcp.log())
        .contains("\"authority\":\"orders\"", "\"service\":\"" + orders.wire() + "\"")
        .contains("discovery_wait_ms")
        .doesNotContain("reason");
    assertThat(tcp.figure("ondine_tls_client_hellos_total", "\"named\"")).isEqualTo(1);
  }

  @Test
  void helloMayComeByteByByteInSeveralRecords() throws IOException {
    var service = tcp.upstream();
    tcp.has(tls(orders, service.port()));
    var hello = Hello.records(Hello.to("orders").message(), 50);
    var client = tcp.client();
    client.socket.setTcpNoDelay(true);
    for (var b : hello) {
      client.socket.getOutputStream().write(b);
    }
    untilAsked(orders);

    assertThat(tcp.keep(service.accepts()).socket.getInputStream().readNBytes(hello.length))
        .isEqualTo(hello);
  }

  @Test
  void everyConnectionToANameSharesOneSubscription() throws IOException {
    for (var i = 0; i < 5; i++) {
      clientSays(HELLO);
    }
    tcp.until(() -> tcp.sessions.open() == 5);
    untilAsked(orders);

    assertThat(tcp.mesh.control.asked()).hasSize(1);
    assertThat(tcp.mesh.control.subscribed()).containsExactly(orders.wire());
  }

  @Test
  void openConnectionKeepsItsNameAndIdleNamesAreForgotten() throws IOException {
    var service = tcp.upstream();
    tcp.has(tls(orders, service.port()));
    var client = clientSays(HELLO);
    untilAsked(orders);
    var server = tcp.keep(service.accepts());

    tcp.mesh.passes(Duration.ofHours(1));
    assertThat(tcp.mesh.cache.get(orders)).isInstanceOf(ServiceState.Serving.class);

    client.close();
    server.close();
    tcp.untilAllEnded();
    tcp.mesh.passes(Duration.ofHours(1));
    assertThat(tcp.mesh.control.subscribed()).isEmpty();
    assertThat(tcp.mesh.cache.get(orders)).isInstanceOf(ServiceState.Unknown.class);
  }

  @Test
  void capacityHoldsForServerNamesToo() throws IOException {
    try (var small = new TcpFixture(Map.of(), Map.of("warmNames", "1"))) {
      small.listens(
          new OutboundTls(
              small.outbound(OutsideNames.Policy.PASSTHROUGH),
              small.sessions.metrics(),
              TcpSettings.DEFAULTS),
          Direction.OUTBOUND);
      small.meantFor("127.0.0.1", elsewhere.port());
      var service = small.upstream();
      small.has(tls(orders, service.port()));
      var first = small.client();
      first.sends(HELLO);
      small.until(() -> small.mesh.cache.get(orders) instanceof ServiceState.Serving);
      small.keep(service.accepts());

      small.has(tls(sni("stock"), service.port()));
      var second = small.client();
      second.sends(Hello.to("stock").bytes());
      small.until(
          () -> small.figure("istio_tcp_connections_closed_total", "discovery_capacity") == 1);

      assertThat(lastBytes(second)).isEqualTo(Alert.INTERNAL_ERROR.record());
    }
  }

  // ---- refused
  // ------------------------------------------------------------------------------------

  @Test
  void missingServiceIsAnUnrecognizedName() throws IOException {
    var client = clientSays(HELLO);
    untilAsked(orders);

    tcp.mesh.control.lacks(orders.wire());

    assertThat(lastBytes(client)).isEqualTo(new byte[] {21, 3, 3, 0, 2, 2, 112});
    client.close();
    assertThat(tcp.log()).contains("\"reason\":\"no_such_service\"", "no service sni/orders.def");
  }

  @Test
  void deniedServiceIsAnAccessDenied() throws IOException {
    var client = clientSays(HELLO);
    untilAsked(orders);

    tcp.mesh.control.denies(orders.wire(), "not for you");

    assertThat(lastBytes(client)).isEqualTo(new byte[] {21, 3, 3, 0, 2, 2, 49});
    client.close();
    assertThat(tcp.log()).contains("\"reason\":\"not_permitted\"", "not for you");
  }

  @Test
  void silentControlIsAnInternalError() throws IOException {
    var client = clientSays(HELLO);
    untilAsked(orders);

    tcp.mesh.passes(Duration.ofSeconds(3));

    tcp.until(() -> tcp.mesh.control.subscribed().isEmpty());
    assertThat(lastBytes(client)).isEqualTo(new byte[] {21, 3, 3, 0, 2, 2, 80});
    client.close();
    assertThat(tcp.log()).contains("\"reason\":\"discovery_timeout\"");
  }

  @Test
  void serviceWithoutEndpointsIsAnInternalError() throws IOException {
    tcp.has(tls(orders));
    var client = clientSays(HELLO);
    untilAsked(orders);

    assertThat(lastBytes(client)).isEqualTo(Alert.INTERNAL_ERROR.record());
  }

  @Test
  void alertReachesAClientThatWentOnSending() throws IOException {
    var early = Arrays.copyOf(HELLO, HELLO.length + 100_000);
    Arrays.fill(early, HELLO.length, early.length, (byte) 23);
    tcp.mesh.control.lacks(orders.wire());
    var client = clientSays(early);
    untilAsked(orders);

    assertThat(lastBytes(client)).isEqualTo(Alert.UNRECOGNIZED_NAME.record());
  }

  @Test
  void refusedClientThatKeepsItsSideOpenIsClosedAllTheSame() throws IOException {
    tcp.mesh.control.lacks(orders.wire());
    var client = clientSays(HELLO);
    untilAsked(orders);
    assertThat(lastBytes(client)).hasSize(7);

    tcp.untilAllEnded();
  }

  // ---- not of the mesh
  // ----------------------------------------------------------------------------

  @Test
  void outsideNameGoesWhereItsAddressSays() throws IOException {
    var client = clientSays(Hello.to("www.example.com").bytes());
    tcp.keep(elsewhere.accepts()).sends("outside");

    assertThat(client.reads(7)).isEqualTo("outside");
    assertThat(tcp.mesh.control.subscribed()).isEmpty();
  }

  @Test
  void nameThatMayBeOutsideGoesThereWhenControlKnowsNone() throws IOException {
    tcp.mesh.control.lacks(sni("example.com").wire());
    var client = clientSays(Hello.to("example.com").bytes());
    untilAsked(sni("example.com"));
    tcp.keep(elsewhere.accepts()).sends("outside");

    assertThat(client.reads(7)).isEqualTo("outside");
  }

  @Test
  void nameThatMayBeOutsideIsServedWhenControlKnowsOne() throws IOException {
    var service = tcp.upstream();
    tcp.has(tls(sni("orders.shop"), service.port()));
    var client = clientSays(Hello.to("orders.shop").bytes());
    untilAsked(sni("orders.shop"));
    tcp.keep(service.accepts()).sends("inside");

    assertThat(client.reads(6)).isEqualTo("inside");
  }

  @Test
  void nameThatMayBeOutsideDoesNotWaitForALostControl() throws IOException {
    tcp.mesh.control.down();
    tcp.mesh.passes(Duration.ofMinutes(1));

    clientSays(Hello.to("example.com").bytes());

    tcp.keep(elsewhere.accepts());
    assertThat(tcp.mesh.control.subscribed()).isEmpty();
  }

  @Test
  void outsideIsRefusedWithAnAlertWhereThePolicyDeniesIt() throws IOException {
    listen(OutsideNames.Policy.DENY);

    var client = clientSays(Hello.to("www.example.com").bytes());

    assertThat(lastBytes(client)).isEqualTo(Alert.ACCESS_DENIED.record());
  }

  @Test
  void virtualIpDecidesWhateverTheNameSays() throws IOException {
    var db = tcp.upstream();
    tcp.isWarm(db(db.port()));
    tcp.meantFor(DB);

    var client = clientSays(HELLO);
    tcp.keep(db.accepts()).sends("db");

    assertThat(client.reads(2)).isEqualTo("db");
    assertThat(tcp.mesh.control.subscribed()).containsExactly(DB.wire());
  }

  @Test
  void unnamedGoesWhereItsAddressSays() throws IOException {
    var hello = new Hello();
    hello.serverName = "";
    clientSays(hello.bytes());

    tcp.keep(elsewhere.accepts());
    assertThat(tcp.figure("ondine_tls_client_hellos_total", "\"unnamed\"")).isEqualTo(1);
  }

  @Test
  void malformedIsRelayedAsItIs() throws IOException {
    var hello = new Hello();
    hello.version = "0203";
    clientSays(hello.bytes());

    var server = tcp.keep(elsewhere.accepts());
    assertThat(server.socket.getInputStream().readNBytes(hello.bytes().length))
        .isEqualTo(hello.bytes());
    assertThat(tcp.figure("ondine_tls_client_hellos_total", "\"malformed\"")).isEqualTo(1);
  }

  @Test
  void helloThatDoesNotComeToItsEndIsRelayedAfterATime() throws IOException {
    clientSays(Arrays.copyOf(HELLO, 40));

    var server = tcp.keep(elsewhere.accepts());
    assertThat(server.socket.getInputStream().readNBytes(40)).hasSize(40);
    assertThat(tcp.figure("ondine_tls_client_hellos_total", "\"cut_off\"")).isEqualTo(1);
  }
}
