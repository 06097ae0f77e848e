package dev.ondine.proxy.transport;

import dev.ondine.proxy.http.ConnectionInfo;

/** Takes over accepted connections: HTTP/1, HTTP/2, a relay, or a choice among them. */
@FunctionalInterface
public interface Acceptor {
  /**
   * Takes over the connection, on its loop: adds its handlers to the channel's pipeline and starts
   * to read, now or later. Must not count on {@code channelActive}, which may be past.
   */
  void accept(Connection connection, ConnectionInfo info);
}
