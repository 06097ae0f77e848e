package dev.ondine.proxy.tcp;

import static dev.ondine.proxy.tcp.TcpFixture.DB;
import static dev.ondine.proxy.tcp.TcpFixture.db;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import java.io.IOException;
import java.time.Duration;
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
}
