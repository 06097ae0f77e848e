package dev.ondine.proxy;

import dev.ondine.proxy.detect.Detection;
import dev.ondine.proxy.detect.ProtocolDetector;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.FirstBytes;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Tells TLS, as soon as the first byte does, from what nobody needs to look at. */
record TlsOrElse(Acceptor tls, Acceptor other) implements FirstBytes {
  private static final byte HANDSHAKE = 0x16;

  @Override
  public @Nullable Acceptor choose(ConnectionInfo info, ByteBuffer start, boolean last) {
    if (start.hasRemaining() && start.get(start.position()) != HANDSHAKE) {
      return other;
    }
    return switch (ProtocolDetector.detect(start)) {
      case Detection.Tls _ -> tls;
      case Detection.NeedMore _ -> last ? other : null;
      case Detection.Http1 _, Detection.Http2 _, Detection.Opaque _ -> other;
    };
  }
}
