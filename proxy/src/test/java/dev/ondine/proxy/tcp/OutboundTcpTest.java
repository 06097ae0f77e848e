package dev.ondine.proxy.tcp;

import static dev.ondine.proxy.tcp.TcpFixture.DB;
import static dev.ondine.proxy.tcp.TcpFixture.db;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.DemandKey;
import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboundTcpTest {
  private final TcpFixture tcp = new TcpFixture(Map.of());

  @BeforeEach
  void listen() throws IOException {
    tcp.listens(tcp.outbound(OutsideNames.Policy.PASSTHROUGH), Direction.OUTBOUND);
    tcp.meantFor(DB);
  }

  @AfterEach
  void close() throws IOException {
    tcp.close();
  }

  @Test
  void firstConnectionWaitsForDiscoveryAndIsRelayed() throws IOException {
    var db = tcp.upstream();
    var client = tcp.client();
    client.sends("select");
    tcp.untilAsked();
    assertThat(tcp.sessions.open()).isEqualTo(1);

    tcp.has(db(db.port()));
    var server = tcp.keep(db.accepts());
    assertThat(server.reads(6)).isEqualTo("select");
    server.sends("42");
    assertThat(client.reads(2)).isEqualTo("42");
  }

  @Test
  void serverMaySpeakFirst() throws IOException {
    var db = tcp.upstream();
    tcp.isWarm(db(db.port()));

    var client = tcp.client();
    tcp.keep(db.accepts()).sends("welcome");

    assertThat(client.reads(7)).isEqualTo("welcome");
  }

  @Test
  void eachSideEndsForItself() throws IOException {
    var db = tcp.upstream();
    tcp.isWarm(db(db.port()));

    var client = tcp.client();
    client.sends("all I say");
    client.endsItsSide();
    var server = tcp.keep(db.accepts());
    assertThat(server.readsToTheEnd()).isEqualTo("all I say");
    server.sends("all I answer");
    server.endsItsSide();
    assertThat(client.readsToTheEnd()).isEqualTo("all I answer");

    assertThat(tcp.log())
        .contains("\"destination\":\"240.240.0.5:3306\"", "\"protocol\":\"TCP\"")
        .contains("\"service\":\"240.240.0.5:3306\"", "\"bytes_received\":9", "\"bytes_sent\":12")
        .doesNotContain("reason", "status");
    assertThat(tcp.figure("istio_tcp_connections_opened_total", "db.default.mesh")).isEqualTo(1);
    assertThat(tcp.figure("istio_tcp_connections_closed_total", "db.default.mesh", "=\"-\""))
        .isEqualTo(1);
    assertThat(tcp.figure("istio_tcp_received_bytes_total", "db.default.mesh")).isEqualTo(9);
    assertThat(tcp.figure("istio_tcp_sent_bytes_total", "db.default.mesh")).isEqualTo(12);
  }

  @Test
  void anotherEndpointIsTriedWhenOneCannotBeConnectedTo() throws IOException {
    var db = tcp.upstream();
    tcp.isWarm(db(Upstream.nobody(), Upstream.nobody(), db.port()));

    for (var i = 0; i < 8; i++) {
      try (var client = Peer.connect(tcp.port());
          var server = db.accepts()) {
        server.sends("x");
        assertThat(client.reads(1)).isEqualTo("x");
      }
    }
  }

  @Test
  void connectionIsBrokenOffWhenNoEndpointAnswers() throws IOException {
    tcp.isWarm(db(Upstream.nobody()));

    assertThat(tcp.client().isBrokenOff()).isTrue();

    assertThat(tcp.log()).contains("\"reason\":\"upstream_connect_failure\"", "\"tries\":1");
  }

  @Test
  void serviceWithoutEndpointsIsRefused() throws IOException {
    tcp.isWarm(db());

    assertThat(tcp.client().isBrokenOff()).isTrue();

    assertThat(tcp.log()).contains("\"reason\":\"no_endpoints\"");
  }

  @Test
  void missingServiceIsRefused() throws IOException {
    var client = tcp.client();
    tcp.untilAsked();
    tcp.mesh.control.lacks(DB.wire());
    tcp.untilAllEnded();

    assertThat(client.isBrokenOff()).isTrue();
    assertThat(tcp.figure("istio_tcp_connections_closed_total", "no_such_service")).isEqualTo(1);
  }

  @Test
  void deniedServiceIsRefused() throws IOException {
    var client = tcp.client();
    tcp.untilAsked();
    tcp.mesh.control.denies(DB.wire(), "not for you");
    tcp.untilAllEnded();

    assertThat(client.isBrokenOff()).isTrue();
    assertThat(tcp.log()).contains("\"reason\":\"not_permitted\"", "not for you");
  }

  @Test
  void silentControlIsWaitedForAsLongAsDiscoveryAllows() throws IOException {
    var client = tcp.client();
    tcp.untilAsked();

    tcp.mesh.passes(Duration.ofSeconds(3));
    tcp.untilAllEnded();

    assertThat(client.isBrokenOff()).isTrue();
    assertThat(tcp.log()).contains("\"reason\":\"discovery_timeout\"", "discovery_wait_ms");
  }

  @Test
  void clientThatLeavesIsNotWaitedFor() throws IOException {
    var client = tcp.client();
    tcp.untilAsked();

    client.breaksOff();
    tcp.untilAllEnded();

    assertThat(tcp.log()).contains("\"reason\":\"client_closed\"");
  }

  @Test
  void connectionThatWasNotRedirectedIsALoop() throws IOException {
    tcp.meantForNobody();

    assertThat(tcp.client().isBrokenOff()).isTrue();

    assertThat(tcp.log()).contains("\"reason\":\"loop\"");
  }

  @Test
  void otherAddressesLieOutsideAndAreReachedAsTheyAre() throws IOException {
    var outside = tcp.upstream();
    tcp.meantFor("127.0.0.1", outside.port());

    var client = tcp.client();
    client.sends("hello");

    assertThat(tcp.keep(outside.accepts()).reads(5)).isEqualTo("hello");
    assertThat(tcp.mesh.control.subscribed()).isEmpty();
  }

  @Test
  void openConnectionKeepsItsServiceFromBeingForgotten() throws IOException {
    var db = tcp.upstream();
    tcp.isWarm(db(db.port()));
    var client = tcp.client();
    var server = tcp.keep(db.accepts());

    tcp.mesh.passes(Duration.ofHours(1));
    assertThat(tcp.mesh.control.subscribed()).contains(DB.wire());

    client.close();
    server.close();
    tcp.untilAllEnded();
    tcp.mesh.passes(Duration.ofHours(1));
    assertThat(tcp.mesh.control.subscribed()).isEmpty();
  }

  @Test
  void connectionsStillOpenAfterADrainAreBrokenOff() throws IOException {
    var db = tcp.upstream();
    tcp.isWarm(db(db.port()));
    var client = tcp.client();
    var server = tcp.keep(db.accepts());
    server.sends("x");
    assertThat(client.reads(1)).isEqualTo("x");
    assertThat(tcp.sessions.open()).isEqualTo(1);

    tcp.sessions.breakOff();

    assertThat(client.isBrokenOff()).isTrue();
    assertThat(server.isBrokenOff()).isTrue();
    assertThat(tcp.log()).contains("\"reason\":\"draining\"");
  }

  @Test
  void refusedAddressIsNotEvenAskedFor() throws IOException {
    tcp.meantFor(DemandKey.VirtualIp.REFUSED, 80);

    assertThat(tcp.client().isBrokenOff()).isTrue();

    assertThat(tcp.mesh.control.subscribed()).isEmpty();
    assertThat(tcp.log()).contains("\"reason\":\"not_permitted\"");
  }

  @Test
  void outsideIsRefusedWhereThePolicyDeniesIt() throws IOException {
    tcp.listens(tcp.outbound(OutsideNames.Policy.DENY), Direction.OUTBOUND);
    var outside = tcp.upstream();
    tcp.meantFor("127.0.0.1", outside.port());

    assertThat(tcp.client().isBrokenOff()).isTrue();

    assertThat(tcp.log()).contains("\"reason\":\"not_permitted\"", "denied");
  }

  @Test
  void ownPortIsALoop() throws IOException {
    tcp.listens(tcp.outbound(OutsideNames.Policy.PASSTHROUGH, 15_001), Direction.OUTBOUND);
    tcp.meantFor("127.0.0.1", 15_001);

    assertThat(tcp.client().isBrokenOff()).isTrue();

    assertThat(tcp.log()).contains("\"reason\":\"loop\"");
  }

  @Test
  void connectionsThatWaitHaveABound() throws IOException {
    try (var small = new TcpFixture(Map.of("heldBytes", "16384"))) {
      small.listens(small.outbound(OutsideNames.Policy.PASSTHROUGH), Direction.OUTBOUND);
      small.meantFor(DB);
      var first = small.client();
      small.untilAsked();

      assertThat(small.client().isBrokenOff()).isTrue();
      small.until(() -> small.sessions.open() == 1);
      assertThat(small.figure("istio_tcp_connections_closed_total", "discovery_overflow"))
          .isEqualTo(1);

      first.breaksOff();
      small.untilAllEnded();
      small.client().sends("room again");
      small.until(() -> small.sessions.open() == 1);
      var db = small.upstream();
      small.has(db(db.port()));
      assertThat(small.keep(db.accepts()).reads(10)).isEqualTo("room again");
    }
  }

  @Test
  void whatIsNotHttpOnAnHttpPortGoesToTheServiceItself() throws IOException {
    var web = tcp.upstream();
    tcp.isWarm(TcpFixture.web(AppProtocol.AUTO, List.of("db.default.mesh:3306"), web.port()));

    tcp.client().sends("\u0016\u0003\u0001");

    assertThat(tcp.keep(web.accepts()).reads(3)).isEqualTo("\u0016\u0003\u0001");
  }

  @Test
  void connectionCountsAsLoadOfItsEndpointWhileItLasts() throws IOException {
    var one = tcp.upstream();
    var other = tcp.upstream();
    tcp.isWarm(db(one.port(), other.port()));

    // Least request of two: each second connection goes to the endpoint that has one less.
    for (var i = 0; i < 8; i++) {
      var expected = i + 1;
      tcp.client();
      tcp.until(() -> tcp.figure("istio_tcp_connections_opened_total") == expected);
    }
    for (var i = 0; i < 4; i++) {
      tcp.keep(one.accepts());
      tcp.keep(other.accepts());
    }
  }

  @Test
  void endpointIsFreeAgainWhenItsConnectionEnds() throws IOException {
    var one = tcp.upstream();
    var other = tcp.upstream();
    tcp.isWarm(db(one.port(), other.port()));
    for (var i = 1; i <= 2; i++) {
      var expected = i;
      tcp.client();
      tcp.until(() -> tcp.figure("istio_tcp_connections_opened_total") == expected);
    }
    tcp.keep(other.accepts());

    for (var i = 1; i <= 4; i++) {
      var expected = i;
      one.accepts().breaksOff();
      tcp.until(() -> tcp.sessions.open() == 1);
      tcp.client();
      tcp.until(() -> tcp.figure("istio_tcp_connections_opened_total") == 2 + expected);
    }
    tcp.keep(one.accepts());
  }
}
