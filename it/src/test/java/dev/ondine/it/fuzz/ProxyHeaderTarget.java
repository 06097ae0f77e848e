package dev.ondine.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.detect.ProxyHeader;
import dev.ondine.proxy.detect.ProxyHeaderReader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The PROXY protocol's header: what is decided holds whatever follows, and no header reaches beyond
 * the bytes that it was read from.
 */
final class ProxyHeaderTarget implements FuzzTarget {
  /** Each prefix of an input is read: of a long one these only, and the whole. */
  private static final int PREFIXES = 600;

  @Override
  public String name() {
    return "proxy-header";
  }

  @Override
  public void parse(byte[] input) {
    @Nullable ProxyHeader decided = null;
    for (int size = 0; size <= input.length; size += size < PREFIXES ? 1 : input.length - size) {
      var found = ProxyHeaderReader.read(ByteBuffer.wrap(input, 0, size));
      if (decided != null) {
        assertThat(found).as("with %s bytes", size).isEqualTo(decided);
      } else {
        decided = found instanceof ProxyHeader.NeedMore ? null : found;
        check(found, size);
      }
      if (size == input.length) {
        break;
      }
    }
  }

  private static void check(ProxyHeader found, int size) {
    switch (found) {
      case ProxyHeader.Proxied(var client, var length) -> {
        assertThat(length).isBetween(28, Math.min(size, ProxyHeader.MAX_BYTES));
        assertThat(client.getAddress()).isNotNull();
      }
      case ProxyHeader.Own(var length) ->
          assertThat(length).isBetween(16, Math.min(size, ProxyHeader.MAX_BYTES));
      case ProxyHeader.NeedMore _ -> assertThat(size).isLessThan(ProxyHeader.MAX_BYTES);
      case ProxyHeader.Malformed(var fault) -> assertThat(fault.text()).isNotEmpty();
    }
  }
}
