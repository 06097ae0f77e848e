package dev.ondine.proxy.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.transport.Cidr;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProxyHeadersTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final byte[] HEADER =
      HexFormat.of().parseHex(SIGNATURE + "2111" + "000c" + "cb0071070a00000112340050");
  private static final byte[] LOCAL = HexFormat.of().parseHex(SIGNATURE + "20000000");

  private final TcpFixture tcp = new TcpFixture(Map.of());
  private final Upstream upstream = new Upstream();

  ProxyHeadersTest() throws IOException {}

  @BeforeEach
  void listen() throws IOException {
    listen("127.0.0.0/8");
  }

  private void listen(String... trusted) throws IOException {
    var headers = new ProxyHeaders(Arrays.stream(trusted).map(Cidr::parse).toList(), tcp.metrics);
    tcp.listens(headers.before(tcp.outbound(OutsideNames.Policy.PASSTHROUGH)), Direction.INBOUND);
    tcp.meantFor("127.0.0.1", upstream.port());
  }

  @AfterEach
  void close() throws IOException {
    tcp.close();
    upstream.close();
  }

  private double counted(String result) {
    return tcp.figure("ondine_proxy_protocol_headers_total", "\"" + result + "\"", "inbound");
  }

  private static byte[] and(byte[] header, String text) {
    var all = Arrays.copyOf(header, header.length + text.length());
    System.arraycopy(
        text.getBytes(java.nio.charset.StandardCharsets.US_ASCII),
        0,
        all,
        header.length,
        text.length());
    return all;
  }

  @Test
  void clientOfATrustedProxyIsThePeer() throws IOException {
    var client = tcp.client();
    client.sends(and(HEADER, "hello"));

    var server = tcp.keep(upstream.accepts());
    assertThat(server.reads(5)).isEqualTo("hello");
    server.sends("answer");
    server.endsItsSide();
    assertThat(client.readsToTheEnd()).isEqualTo("answer");
    client.close();
    assertThat(tcp.log()).contains("\"peer\":\"203.0.113.7:4660\"", "\"bytes_received\":5");
    assertThat(counted("proxied")).isEqualTo(1);
  }

  @Test
  void headerMayComeByteByByteAndAlone() throws IOException {
    var client = tcp.client();
    client.socket.setTcpNoDelay(true);
    for (var b : HEADER) {
      client.socket.getOutputStream().write(b);
    }

    var server = tcp.keep(upstream.accepts()); // the server may speak first
    server.sends("welcome");
    assertThat(client.reads(7)).isEqualTo("welcome");
    client.sends("hello");
    assertThat(server.reads(5)).isEqualTo("hello");
  }

  @Test
  void clientMayEndItsSideRightAfterTheHeader() throws IOException {
    var client = tcp.client();
    client.sends(and(HEADER, "hello"));
    client.endsItsSide();

    var server = tcp.keep(upstream.accepts());
    assertThat(server.readsToTheEnd()).isEqualTo("hello");
    server.sends("answer");
    server.close();
    assertThat(client.readsToTheEnd()).isEqualTo("answer");
  }

  @Test
  void proxyThatSpeaksForItselfIsThePeer() throws IOException {
    var client = tcp.client();
    client.sends(and(LOCAL, "check"));
    var server = tcp.keep(upstream.accepts());
    assertThat(server.reads(5)).isEqualTo("check");
    client.close();
    server.close();

    assertThat(tcp.log()).contains("\"peer\":\"127.0.0.1:");
    assertThat(counted("own")).isEqualTo(1);
  }

  @Test
  void trustedProxyWithoutHeaderIsClosed() throws IOException {
    var client = tcp.client();
    client.sends("GET / HTTP/1.1\r\n\r\n");

    assertThat(client.isBrokenOff()).isTrue();
    assertThat(counted("no_header")).isEqualTo(1);
  }

  @Test
  void version1IsClosed() throws IOException {
    var client = tcp.client();
    client.sends("PROXY TCP4 203.0.113.7 10.0.0.1 4660 80\r\nhello");

    assertThat(client.isBrokenOff()).isTrue();
    assertThat(counted("version_1")).isEqualTo(1);
  }

  @Test
  void headerThatBreaksOffIsClosed() throws IOException {
    var client = tcp.client();
    client.sends(Arrays.copyOf(HEADER, 20));
    client.endsItsSide();

    assertThat(client.isBrokenOff()).isTrue();
    assertThat(counted("cut_off")).isEqualTo(1);
  }

  @Test
  void headerOfAnybodyElseIsPayload() throws IOException {
    listen("10.0.0.0/8");
    tcp.client().sends(and(HEADER, "hello"));

    var server = tcp.keep(upstream.accepts());
    assertThat(server.socket.getInputStream().readNBytes(HEADER.length + 5))
        .isEqualTo(and(HEADER, "hello"));
  }

  @Test
  void withoutTrustedProxiesNothingIsInTheWay() {
    var next = tcp.outbound(OutsideNames.Policy.PASSTHROUGH);

    assertThat(new ProxyHeaders(List.of(), tcp.metrics).before(next)).isSameAs(next);
  }
}
