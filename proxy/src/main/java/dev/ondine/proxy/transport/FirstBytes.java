package dev.ondine.proxy.transport;

import dev.ondine.proxy.http.ConnectionInfo;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Decides from a connection's first bytes who serves it. */
@FunctionalInterface
public interface FirstBytes {
  /**
   * Who serves the connection.
   *
   * @param start what came so far, from the first byte on; may be empty when {@code last}. Whoever
   *     serves the connection gets them all, or those after the position when the choice moves it
   * @param last there is nothing to wait for: the peer was silent for too long, has ended its side,
   *     or has sent as much as is looked at
   * @return null: more bytes are needed; not allowed when {@code last}
   */
  @Nullable Acceptor choose(ConnectionInfo info, ByteBuffer start, boolean last);
}
