package dev.ondine.proxy.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.Failure;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnPortsTest {
  private static final int OWN = 15_000;

  private final OwnPorts ports = new OwnPorts(Set.of(OWN));

  private static InetSocketAddress to(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private static String text(Optional<Failure> refused) {
    return refused.map(failure -> failure.reason().text()).orElse("may");
  }

  @ParameterizedTest
  @CsvSource({
    "example.com, 192.0.2.1, 80, may",
    "example.com, 2001:db8::1, 80, may",
    "localhost, 127.0.0.1, 9000, may",
    "LOCALHOST, ::1, 9000, may",
    "127.0.0.1, 127.0.0.1, 9000, may",
    "127.1, 127.0.0.1, 9000, may",
    "rebind.example, 127.0.0.1, 9000, not_permitted",
    "rebind.example, ::1, 9000, not_permitted",
    "rebind.example, 0.0.0.0, 9000, not_permitted",
    "x.localhost, 127.0.0.1, 9000, not_permitted",
    "rebind.example, 127.0.0.1, 15000, loop",
    "LocalHost, 127.0.0.1, 15000, loop",
    "metadata.example, 169.254.169.254, 80, not_permitted",
    "169.254.169.254, 169.254.169.254, 80, not_permitted",
    "[fe80::1], fe80::1, 80, not_permitted",
    "metadata.example, fd00:ec2::254, 80, not_permitted",
    "[fd00:ec2::23], fd00:ec2::23, 80, not_permitted",
    "[fd20:ce::254], fd20:ce::254, 80, not_permitted",
    "100.100.100.200, 100.100.100.200, 80, not_permitted",
    "[::ffff:100.100.100.200], ::ffff:100.100.100.200, 80, not_permitted",
    "168.63.129.16, 168.63.129.16, 80, not_permitted",
    "192.0.0.192, 192.0.0.192, 80, not_permitted",
    "100.100.100.201, 100.100.100.201, 80, may",
  })
  void whereARequestOutsideTheMeshMayGo(String host, String address, int port, String expected) {
    assertThat(text(ports.refuseOutside(host, to(address, port)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "db.internal, 192.0.2.1, 80, may",
    "db.internal, 127.0.0.1, 9000, may", // control said so
    "db.internal, 127.0.0.1, 15000, loop",
  })
  void whereAnEndpointOfControlMayBe(String host, String address, int port, String expected) {
    assertThat(text(ports.refuse(host, to(address, port)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "example.com, 192.0.2.1, 22, may",
    "rebind.example, 127.0.0.1, 22, not_permitted",
    "localhost, 127.0.0.1, 22, not_permitted",
    "rebind.example, 169.254.169.254, 22, not_permitted",
    "rebind.example, 100.100.100.200, 22, not_permitted",
    "rebind.example, 127.0.0.1, 15000, loop",
  })
  void whereATunnelOutsideTheMeshMayGo(String host, String address, int port, String expected) {
    assertThat(text(ports.refuseTunnel(host, to(address, port)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"rebind.example, rebind.example:9000 leads to this host's loopback"})
  void theReasonNamesTheHost(String host, String detail) {
    assertThat(ports.refuseOutside(host, to("127.0.0.1", 9_000)))
        .hasValueSatisfying(failure -> assertThat(failure.detail()).startsWith(detail));
  }
}
