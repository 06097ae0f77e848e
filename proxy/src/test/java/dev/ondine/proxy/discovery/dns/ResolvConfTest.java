package dev.ondine.proxy.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class ResolvConfTest {
  @Test
  void serversAndSuffixesAreRead() {
    var conf =
        ResolvConf.parse(
            """
            # a comment
            nameserver 10.0.0.2
            ; another
            nameserver\tfd00::2
            search Corp.Example. dev.example
            options ndots:5
            nameserver not-an-address
            """);

    assertThat(conf.servers())
        .containsExactly(
            new InetSocketAddress("10.0.0.2", 53), new InetSocketAddress("fd00::2", 53));
    assertThat(conf.search()).containsExactly("corp.example", "dev.example");
  }

  @Test
  void theLastSearchLineCountsAndThreeServersAtMost() {
    var conf =
        ResolvConf.parse(
            """
            domain a.example
            search b.example
            nameserver 10.0.0.1
            nameserver 10.0.0.2
            nameserver 10.0.0.3
            nameserver 10.0.0.4
            """);

    assertThat(conf.search()).containsExactly("b.example");
    assertThat(conf.servers()).hasSize(3);
  }

  @Test
  void anEmptyFileNamesNobody() {
    assertThat(ResolvConf.parse("")).isEqualTo(ResolvConf.EMPTY);
    assertThat(ResolvConf.parse("nameserver\nsearch .")).isEqualTo(ResolvConf.EMPTY);
  }
}
