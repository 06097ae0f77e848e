package dev.ondine.proxy.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.proxy.discovery.CacheFixture;
import dev.ondine.proxy.discovery.Shop;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.TcpConnector;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real sockets: one server of ours before another one as its upstream resolver. */
class DnsServerTest {
  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final int TIMEOUT = (int) Duration.ofSeconds(10).toMillis();

  private final CacheFixture mesh = new CacheFixture(Map.of());
  private final CacheFixture outside = new CacheFixture(Map.of());
  private final EventLoops loops = EventLoops.start(2);
  private final DnsServer upstream = server(outside, ResolvConf.EMPTY);
  private DnsServer server = upstream;

  private DnsServer server(CacheFixture fixture, ResolvConf conf) {
    return new DnsServer(
        List.of(LOOPBACK),
        "default",
        conf,
        fixture.cache,
        loops,
        new TcpConnector(loops, Map.of(), TcpConnector.Guard.OFF),
        Map.of(),
        new Random(5),
        fixture.metrics);
  }

  @BeforeEach
  void start() throws Exception {
    upstream.start();
    server = server(mesh, new ResolvConf(upstream.bound(), List.of()));
    server.start();
    mesh.call("orders");
    mesh.control.has(Shop.http("orders", "10.0.0.1"));
    mesh.call("hosts.example");
    mesh.control.lacks("hosts.example.mesh");
    outside.call("hosts.example");
    outside.control.has(Shop.http("hosts.example", "10.0.0.1"));
  }

  @AfterEach
  void stop() {
    server.stop();
    upstream.stop();
    loops.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"udp", "tcp"})
  void aMeshNameIsAnswered(String transport) throws Exception {
    var reply = ask(transport, DnsMessages.a("orders"));

    assertThat(reply.addresses()).containsExactly("240.240.0.5");
    assertThat(reply.id()).isEqualTo(DnsMessages.ID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"udp", "tcp"})
  void anOutsideNameIsForwardedTheWayItCame(String transport) throws Exception {
    var reply = ask(transport, DnsMessages.a("hosts.example"));

    assertThat(reply.addresses()).as("answered by the upstream").containsExactly("240.240.0.5");
    assertThat(reply.id()).isEqualTo(DnsMessages.ID);
    assertThat(mesh.figure("ondine_dns_queries_total{answer=\"forwarded\"}")).isEqualTo(1);
  }

  @Test
  void whenNobodyListensUpstreamTheClientIsToldSo() throws Exception {
    upstream.stop();

    assertThat(ask("udp", DnsMessages.a("hosts.example")).code()).startsWith("ServFail");
    assertThat(ask("tcp", DnsMessages.a("hosts.example")).code()).startsWith("ServFail");
  }

  @Test
  void severalQueriesShareAConnection() throws Exception {
    try (var socket = new Socket()) {
      connect(socket);
      for (var i = 0; i < 3; i++) {
        write(socket, DnsMessages.a("orders"));
      }
      for (var i = 0; i < 3; i++) {
        assertThat(read(socket).addresses()).containsExactly("240.240.0.5");
      }
    }
  }

  @Test
  void aPortInUseIsNamed() {
    var second =
        new DnsServer(
            server.bound(),
            "default",
            ResolvConf.EMPTY,
            mesh.cache,
            loops,
            new TcpConnector(loops, Map.of(), TcpConnector.Guard.OFF),
            Map.of(),
            new Random(5),
            mesh.metrics);

    assertThatThrownBy(second::start)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(":" + server.bound().getFirst().getPort());
  }

  private DnsMessages.Read ask(String transport, byte[] query) throws IOException {
    return transport.equals("udp") ? udp(query) : tcp(query);
  }

  private DnsMessages.Read udp(byte[] query) throws IOException {
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout(TIMEOUT);
      socket.send(new DatagramPacket(query, query.length, server.bound().getFirst()));
      var reply = new DatagramPacket(new byte[512], 512);
      socket.receive(reply);
      return DnsMessages.read(java.util.Arrays.copyOf(reply.getData(), reply.getLength()));
    }
  }

  private DnsMessages.Read tcp(byte[] query) throws IOException {
    try (var socket = new Socket()) {
      connect(socket);
      write(socket, query);
      return read(socket);
    }
  }

  private void connect(Socket socket) throws IOException {
    socket.connect(server.bound().getFirst(), TIMEOUT);
    socket.setSoTimeout(TIMEOUT);
  }

  private static void write(Socket socket, byte[] query) throws IOException {
    var out = new DataOutputStream(socket.getOutputStream());
    out.writeShort(query.length);
    out.write(query);
    out.flush();
  }

  private static DnsMessages.Read read(Socket socket) throws IOException {
    var in = new DataInputStream(socket.getInputStream());
    return DnsMessages.read(in.readNBytes(in.readUnsignedShort()));
  }
}
