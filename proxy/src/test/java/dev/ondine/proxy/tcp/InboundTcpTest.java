package dev.ondine.proxy.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.tls.Plaintext;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InboundTcpTest {
  private final TcpFixture tcp = new TcpFixture(Map.of());

  private void listen(Integer... ownPorts) throws IOException {
    var path =
        new InboundTcp(
            tcp.sessions,
            TcpFixture::whereTheCallerMeant,
            new EndpointConnector(tcp.connector.tcp().fromLoopback(), new Plaintext()),
            new OwnPorts(Set.of(ownPorts)));
    tcp.listens(path, Direction.INBOUND);
  }

  @AfterEach
  void close() throws IOException {
    tcp.close();
  }

  @Test
  void workloadIsReachedOnLoopback() throws IOException {
    listen();
    var workload = tcp.upstream();
    tcp.meantFor("192.0.2.1", workload.port());

    var client = tcp.client();
    client.sends("ping");
    var server = tcp.keep(workload.accepts());
    assertThat(server.reads(4)).isEqualTo("ping");
    server.endsItsSide();
    client.endsItsSide();

    assertThat(tcp.log()).contains("\"direction\":\"inbound\"", "\"bytes_received\":4");
    assertThat(tcp.figure("istio_tcp_received_bytes_total", "reporter=\"destination\"", "\"shop\""))
        .isEqualTo(4);
  }

  /** 127.0.0.2 stands for an address that only the workload itself listens on. */
  @Test
  void elseOnTheAddressThatTheCallerUsed() throws IOException {
    listen();
    try (var workload = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.2"))) {
      workload.setSoTimeout(10_000);
      tcp.meantFor("127.0.0.2", workload.getLocalPort());

      tcp.client().sends("ping");

      assertThat(tcp.keep(new Peer(workload.accept())).reads(4)).isEqualTo("ping");
    }
  }

  /** By that the rules of interception know it from a call of the workload to itself. */
  @Test
  void thatAddressIsConnectedToFromLoopback() throws IOException {
    listen();
    var own =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
            .findFirst();
    assumeThat(own).as("an IPv4 address of this host beside loopback").isPresent();
    try (var workload = new ServerSocket(0, 1, own.get())) {
      workload.setSoTimeout(10_000);
      tcp.meantFor(own.get().getHostAddress(), workload.getLocalPort());

      tcp.client();

      var accepted = tcp.keep(new Peer(workload.accept()));
      assertThat(accepted.socket.getInetAddress().isLoopbackAddress()).isTrue();
    }
  }

  @Test
  void portThatNobodyListensOnIsRefused() throws IOException {
    listen();
    tcp.meantFor("127.0.0.1", Upstream.nobody());

    assertThat(tcp.client().isBrokenOff()).isTrue();

    assertThat(tcp.log()).contains("\"reason\":\"upstream_connect_failure\"");
  }

  @Test
  void ownPortIsALoop() throws IOException {
    listen(15_006);
    tcp.meantFor("192.0.2.1", 15_006);

    assertThat(tcp.client().isBrokenOff()).isTrue();

    assertThat(tcp.log()).contains("\"reason\":\"loop\"");
  }

  @Test
  void connectionThatWasNotRedirectedIsALoop() throws IOException {
    listen();
    tcp.meantForNobody();

    assertThat(tcp.client().isBrokenOff()).isTrue();

    assertThat(tcp.log()).contains("\"reason\":\"loop\"");
  }
}
