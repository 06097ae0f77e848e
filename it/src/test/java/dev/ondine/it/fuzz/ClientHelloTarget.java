package dev.ondine.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.DemandKey;
import dev.ondine.proxy.detect.ClientHello;
import dev.ondine.proxy.detect.Offer;
import dev.ondine.proxy.detect.ServerName;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The server name of a ClientHello, and its protocols: what is decided holds whatever follows, so
 * that it cannot depend on how the network cuts the bytes, and a name is one that can be looked up.
 */
final class ClientHelloTarget implements FuzzTarget {
  /** Each prefix of an input is read: of a long one these only, and the whole. */
  private static final int PREFIXES = 600;

  @Override
  public String name() {
    return "client-hello";
  }

  @Override
  public void parse(byte[] input) {
    @Nullable ServerName decided = null;
    for (int size = 0; size <= input.length; size += size < PREFIXES ? 1 : input.length - size) {
      var found = ClientHello.read(ByteBuffer.wrap(input, 0, size));
      if (decided != null) {
        assertThat(found).as("with %s bytes", size).isEqualTo(decided);
      } else if (found instanceof ServerName.NeedMore) {
        assertThat(size).isLessThan(ClientHello.MAX_BYTES);
      } else {
        decided = found;
      }
      // The protocols are read of the same message, so that both know as soon as it is whole.
      var offer = ClientHello.offer(ByteBuffer.wrap(input, 0, size));
      assertThat(offer instanceof Offer.NeedMore).isEqualTo(found instanceof ServerName.NeedMore);
      if (size == input.length) {
        break;
      }
    }
    if (decided instanceof ServerName.Named(var host)) {
      assertThat(host).matches("[a-z0-9._-]{1,255}");
      DemandKey.Sni.of(host, 443, "shop")
          .ifPresent(key -> assertThat(key.wire()).doesNotContain("_").isLowerCase());
    }
  }
}
