package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.transport.Connection;
import java.time.Duration;

/**
 * Closes a connection on which unread bytes may arrive still.
 *
 * <p>Closing at once would make the kernel send a reset, at which the peer may lose the answer that
 * it has not read yet (RFC 9112, section 9.6).
 */
final class Lingering {
  private static final Duration TIME = Duration.ofSeconds(1);

  private Lingering() {}

  /** Sends what is written, then the end; discards what comes, up to a while after that. */
  static void close(Connection connection, Outbound out) {
    connection.channel().config().setAutoRead(true);
    // Not before the client took what is written: closing would drop the rest of it.
    out.end(() -> connection.loop().schedule(TIME, connection::close));
  }
}
