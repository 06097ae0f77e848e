package dev.ondine.proxy.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.detect.ProxyHeader.Fault;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ProxyHeaderReaderTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  /** 203.0.113.7:4660 to 10.0.0.1:80. */
  private static final String IPV4 = "cb007107" + "0a000001" + "1234" + "0050";

  private static final String IPV6 =
      "20010db8000000000000000000000007" + "fd000000000000000000000000000001" + "1234" + "0050";
  private static final String UNIX = "2f".repeat(216);

  private static ProxyHeader read(String hex) {
    return ProxyHeaderReader.read(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
  }

  /** A header: the version, command, family and transport; then its content. */
  private static String header(String kind, String content) {
    return SIGNATURE + kind + HexFormat.of().toHexDigits((short) (content.length() / 2)) + content;
  }

  private static String tlv(String type, String value) {
    return type + HexFormat.of().toHexDigits((short) (value.length() / 2)) + value;
  }

  /** The header with a right checksum in a TLV at its end. */
  private static String withChecksum(String kind, String content) {
    var zero = header(kind, content + tlv("03", "00000000"));
    var crc = new CRC32C();
    crc.update(HexFormat.of().parseHex(zero));
    return header(kind, content + tlv("03", HexFormat.of().toHexDigits((int) crc.getValue())));
  }

  private static String ascii(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  // ---- one line a case
  // ----------------------------------------------------------------------------

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of(Fault.NO_HEADER, ascii("GET / HTTP/1.1\r\n")),
        Arguments.of(Fault.NO_HEADER, ascii("P") + "00"),
        Arguments.of(Fault.NO_HEADER, "00"),
        Arguments.of(Fault.NO_HEADER, "0d0a0d0a000d0a515549540b"),
        Arguments.of(Fault.VERSION_1, ascii("PROXY TCP4 203.0.113.7 10.0.0.1 4660 80\r\n")),
        Arguments.of(Fault.VERSION_1, ascii("PROXY UNKNOWN\r\n")),
        Arguments.of(Fault.VERSION, header("1111", IPV4)),
        Arguments.of(Fault.VERSION, header("3111", IPV4)),
        Arguments.of(Fault.VERSION, header("0111", IPV4)),
        Arguments.of(Fault.VERSION, SIGNATURE + "11"),
        Arguments.of(Fault.COMMAND, header("2211", IPV4)),
        Arguments.of(Fault.COMMAND, header("2f11", IPV4)),
        Arguments.of(Fault.FAMILY, header("2101", IPV4)),
        Arguments.of(Fault.FAMILY, header("2110", IPV4)),
        Arguments.of(Fault.FAMILY, header("2113", IPV4)),
        Arguments.of(Fault.FAMILY, header("2141", IPV4)),
        Arguments.of(Fault.LENGTH, header("2111", "")),
        Arguments.of(Fault.LENGTH, header("2111", IPV4.substring(2))),
        Arguments.of(Fault.LENGTH, header("2121", IPV4)),
        Arguments.of(Fault.LENGTH, header("2121", IPV6.substring(2))),
        Arguments.of(Fault.LENGTH, header("2131", UNIX.substring(2))),
        Arguments.of(Fault.LENGTH, header("2112", IPV4.substring(2))),
        Arguments.of(Fault.LENGTH, SIGNATURE + "2111" + "0ff1"),
        Arguments.of(Fault.LENGTH, SIGNATURE + "2011" + "ffff"),
        Arguments.of(Fault.TLV, header("2111", IPV4 + "04")),
        Arguments.of(Fault.TLV, header("2111", IPV4 + "0400")),
        Arguments.of(Fault.TLV, header("2111", IPV4 + "04000200")),
        Arguments.of(Fault.TLV, header("2111", IPV4 + "04ffff00")),
        Arguments.of(Fault.TLV, header("2121", IPV6 + tlv("01", "6832") + "ee")),
        Arguments.of(Fault.CHECKSUM, header("2111", IPV4 + tlv("03", "00000000"))),
        Arguments.of(Fault.CHECKSUM, header("2111", IPV4 + tlv("03", ""))),
        Arguments.of(Fault.CHECKSUM, header("2111", IPV4 + tlv("03", "0000000000"))),
        Arguments.of(Fault.CHECKSUM, withChecksum("2111", IPV4).replace("cb007107", "cb007108")),
        Arguments.of(
            Fault.CHECKSUM, withChecksum("2111", IPV4 + tlv("03", "00000000")))); // two of them
  }

  @ParameterizedTest
  @MethodSource
  void malformed(Fault fault, String hex) {
    assertThat(read(hex)).isEqualTo(new ProxyHeader.Malformed(fault));
  }

  static Stream<String> proxied() {
    return Stream.of(
        header("2111", IPV4),
        header("2121", IPV6),
        header("2111", IPV4 + tlv("04", "")),
        header("2111", IPV4 + tlv("01", "6832") + tlv("e0", "00".repeat(3_000))),
        header("2111", IPV4 + tlv("04", "00".repeat(4_096 - 16 - 12 - 3))),
        withChecksum("2111", IPV4),
        withChecksum("2121", IPV6 + tlv("05", "abcd")));
  }

  @ParameterizedTest
  @MethodSource
  void proxied(String hex) {
    var ip = hex.startsWith(SIGNATURE + "2111") ? "203.0.113.7" : "2001:db8::7";
    var client = new InetSocketAddress(java.net.InetAddress.ofLiteral(ip), 0x1234);

    // What follows is the client's, whatever it is.
    for (var rest : new String[] {"", "00", ascii("GET / HTTP/1.1"), SIGNATURE}) {
      assertThat(read(hex + rest)).isEqualTo(new ProxyHeader.Proxied(client, hex.length() / 2));
    }
  }

  @ParameterizedTest
  @CsvSource({"2000", "2011", "20ff", "2100", "2112", "2122", "2131", "2132"})
  void whatNamesNoClientOfTcpIsTheProxysOwn(String kind) {
    var hex = header(kind, UNIX);
    assertThat(read(hex)).isEqualTo(kind.equals("2112") || kind.equals("2122") ? tlvs() : own(hex));
  }

  /** The rest of the content is no TLVs there. */
  private static ProxyHeader tlvs() {
    return new ProxyHeader.Malformed(Fault.TLV);
  }

  private static ProxyHeader own(String hex) {
    return new ProxyHeader.Own(hex.length() / 2);
  }

  @Test
  void datagramsAndEmptyContentAreTheProxysOwn() {
    assertThat(read(header("2112", IPV4))).isEqualTo(own(header("2112", IPV4)));
    assertThat(read(header("2122", IPV6))).isEqualTo(own(header("2122", IPV6)));
    assertThat(read(header("2000", ""))).isEqualTo(own(header("2000", "")));
    assertThat(read(header("2100", ""))).isEqualTo(own(header("2100", "")));
  }

  @Test
  void ipv4InIpv6IsIpv4() {
    var mapped = "00000000000000000000ffff" + "cb007107" + IPV6.substring(32);

    assertThat(read(header("2121", mapped)))
        .isInstanceOfSatisfying(
            ProxyHeader.Proxied.class,
            proxied ->
                assertThat(proxied.client().getAddress().getHostAddress())
                    .isEqualTo("203.0.113.7"));
  }

  @ParameterizedTest
  @MethodSource("proxied")
  void everyBeginningAsksForMore(String hex) {
    var bytes = HexFormat.of().parseHex(hex);
    for (var size = 0; size < bytes.length; size++) {
      assertThat(ProxyHeaderReader.read(ByteBuffer.wrap(bytes, 0, size)))
          .isEqualTo(ProxyHeader.NEED_MORE);
    }
  }

  @Test
  void beginningOfVersion1AsksForMore() {
    assertThat(read(ascii("PROXY"))).isEqualTo(ProxyHeader.NEED_MORE);
  }

  /** No input makes it throw, or change its mind when more comes. */
  @Test
  void onceItIsDecidedItStaysSo() {
    var random = new Random(7);
    var good = HexFormat.of().parseHex(withChecksum("2111", IPV4 + tlv("04", "00000000")));
    for (var round = 0; round < 5_000; round++) {
      var bytes = good.clone();
      for (var i = random.nextInt(3); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      ProxyHeader decided = null;
      for (var size = 0; size <= bytes.length; size++) {
        var now = ProxyHeaderReader.read(ByteBuffer.wrap(Arrays.copyOf(bytes, size)));
        if (decided != null) {
          assertThat(now).isEqualTo(decided);
        } else if (!now.equals(ProxyHeader.NEED_MORE)) {
          decided = now;
        }
      }
    }
  }
}
