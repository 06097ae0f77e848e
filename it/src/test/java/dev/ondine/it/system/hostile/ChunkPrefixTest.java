package dev.ondine.it.system.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a workload may have seen of a body in chunks that broke off, and what not. */
class ChunkPrefixTest {
  private static final String HEAD = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "3\r", "3\r\n", "3\r\nab", "3\r\nabc\r", "3\r\nabc\r\nfF"})
  void chunksThatAreClean(String body) {
    assertThat(ChunkPrefix.isClean(HEAD + body)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+2",
        "0x2",
        "2 \r\nab",
        "2;x\r\nab",
        "2\nab",
        "\r\n",
        "g",
        "2\r\nabc",
        "2\r\nab\r\n-",
        "3\r\nabc\r\n0\r\n",
        "ffffffffffffffff\r\na"
      })
  void chunksThatAreNot(String body) {
    assertThat(ChunkPrefix.isClean(HEAD + body)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "POST / HT", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n+2"})
  void whatHasNoChunksIsClean(String request) {
    assertThat(ChunkPrefix.isClean(request)).isTrue();
  }
}
