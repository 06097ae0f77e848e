package dev.ondine.proxy.detect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProtocolDetectorTest {
  private static final String CLIENT_HELLO =
      "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc";

  static Stream<Arguments> starts() {
    return Stream.of(
        Arguments.of("GET / HTTP/1.1\r\n", Detection.HTTP1),
        Arguments.of("GET http://orders/ HTTP/1.1\r\n", Detection.HTTP1),
        Arguments.of("\r\nPOST /a HTTP/1.1\r\n", Detection.HTTP1),
        Arguments.of("OPTIONS * HTTP/1.1\r\n", Detection.HTTP1),
        Arguments.of("CONNECT orders:80 HTTP/1.1\r\n", Detection.HTTP1),
        Arguments.of("PROPFIND /dav HTTP/1.1\n", Detection.HTTP1),
        Arguments.of("get /lower HTTP/1.0\r\n", Detection.HTTP1),
        Arguments.of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Detection.HTTP2),
        Arguments.of(CLIENT_HELLO, Detection.TLS),
        // Looks like the preface for 20 bytes; the HTTP/1 codec will refuse the version.
        Arguments.of("PRI * HTTP/2.0\r\n\r\nXX", Detection.HTTP1),
        Arguments.of("*1\r\n$4\r\nPING\r\n", Detection.OPAQUE), // Redis
        Arguments.of("SET a b\r\n", Detection.OPAQUE), // Redis, inline
        Arguments.of("get key\r\n", Detection.OPAQUE), // memcached
        Arguments.of("EHLO client.example\r\n", Detection.OPAQUE), // SMTP
        Arguments.of("CONNECT {\"verbose\":false}\r\n", Detection.OPAQUE), // NATS
        Arguments.of("CONNECT\naccept-version:1.2\n", Detection.OPAQUE), // STOMP
        Arguments.of("OPTIONS rtsp://camera RTSP/1.0\r\n", Detection.OPAQUE),
        Arguments.of("SSH-2.0-OpenSSH_9.2\r\n", Detection.OPAQUE),
        Arguments.of("\u0000\u0000\u0000\b\u0004\u00d2\u0016/", Detection.OPAQUE), // PostgreSQL
        Arguments.of("\u0010\u000e\u0000\u0004MQTT", Detection.OPAQUE),
        Arguments.of("\u0016\u0003\u0003\u0000\u0010\u0002", Detection.OPAQUE), // ServerHello
        Arguments.of("\u0016\u0003\u0003\u00ff\u00ff", Detection.OPAQUE), // no record is so long
        Arguments.of("\u0016GET / HTTP/1.1\r\n", Detection.OPAQUE),
        Arguments.of(" / HTTP/1.1\r\n", Detection.OPAQUE),
        Arguments.of("GET HTTP/1.1\r\n", Detection.OPAQUE),
        Arguments.of("GET\u0000/ HTTP/1.1\r\n", Detection.OPAQUE),
        Arguments.of("A".repeat(33), Detection.OPAQUE),
        Arguments.of("PURGE " + "x".repeat(ProtocolDetector.MAX_BYTES), Detection.OPAQUE));
  }

  @ParameterizedTest
  @MethodSource("starts")
  void tellsTheProtocol(String start, Detection expected) {
    assertThat(detect(start)).isEqualTo(expected);
  }

  /**
   * However the bytes are cut into packets: it asks for more until it knows, and then sticks to it.
   */
  @ParameterizedTest
  @MethodSource("starts")
  void neverChangesItsMind(String start, Detection expected) {
    for (var length = 0; length < start.length(); length++) {
      var answer = detect(start.substring(0, length));
      if (answer instanceof Detection.NeedMore(var bytes)) {
        assertThat(bytes).isGreaterThan(length).isLessThanOrEqualTo(ProtocolDetector.MAX_BYTES);
      } else {
        assertThat(answer).as("after %d bytes", length).isEqualTo(expected);
      }
    }
  }

  @Test
  void needsNoMoreThanMethodAndSlash() {
    assertThat(detect("GET /")).isEqualTo(Detection.HTTP1);
    assertThat(detect("GET ")).isEqualTo(new Detection.NeedMore(5));
  }

  @Test
  void readsFromThePositionAndMovesNothing() {
    var bytes = ByteBuffer.wrap("xxGET /".getBytes(ISO_8859_1)).position(2);

    assertThat(ProtocolDetector.detect(bytes)).isEqualTo(Detection.HTTP1);
    assertThat(bytes.position()).isEqualTo(2);
  }

  @Test
  void answersWhateverTheBytesAre() {
    var random = new Random(7);
    for (var i = 0; i < 20_000; i++) {
      var bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      switch (ProtocolDetector.detect(ByteBuffer.wrap(bytes))) {
        case Detection.NeedMore(var more) -> assertThat(more).isGreaterThan(bytes.length);
        case Detection.Tls _, Detection.Http1 _, Detection.Http2 _, Detection.Opaque _ ->
            assertThat(bytes).isNotEmpty();
      }
    }
  }

  private static Detection detect(String start) {
    return ProtocolDetector.detect(ByteBuffer.wrap(start.getBytes(ISO_8859_1)));
  }
}
