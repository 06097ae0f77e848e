package dev.ondine.proxy;

import dev.ondine.proxy.detect.Detection;
import dev.ondine.proxy.detect.ProtocolDetector;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.FirstBytes;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Who serves a connection, by what its first bytes say.
 *
 * @param tls begins with a ClientHello
 * @param opaque none of the others
 */
record ByProtocol(Acceptor http1, Acceptor http2, Acceptor tls, Acceptor opaque)
    implements FirstBytes {
  /**
   * For where nothing but HTTP is spoken: what is none of it gets HTTP/1's refusal, and goes no
   * further.
   */
  static ByProtocol httpOnly(Acceptor http1, Acceptor http2) {
    return new ByProtocol(http1, http2, http1, http1);
  }

  @Override
  public @Nullable Acceptor choose(ConnectionInfo info, ByteBuffer start, boolean last) {
    return switch (ProtocolDetector.detect(start)) {
      case Detection.Http1 _ -> http1;
      case Detection.Http2 _ -> http2;
      case Detection.Tls _ -> tls;
      case Detection.Opaque _ -> opaque;
      case Detection.NeedMore _ -> last ? opaque : null;
    };
  }
}
