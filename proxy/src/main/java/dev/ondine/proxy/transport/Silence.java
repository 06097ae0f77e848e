package dev.ondine.proxy.transport;

import dev.ondine.proxy.http.ConnectionInfo;
import java.time.Duration;

/**
 * Somebody who may find out who serves a connection although its peer says nothing: where the
 * server speaks first, both would wait for each other.
 */
public interface Silence {
  /**
   * How long a peer says nothing before this is asked; at once would ask for those that do speak.
   */
  Duration after();

  /**
   * Asks, once for a connection and on its loop.
   *
   * @param answer given what is found out, if anything, on the loop
   * @return run when the answer is not needed any more
   */
  Runnable ask(Connection connection, ConnectionInfo info, Answer answer);

  /** What may be found out. Does nothing once the connection is decided. */
  interface Answer {
    /** Who serves it, whatever its peer may say. */
    void servedBy(Acceptor acceptor);

    /** Its peer speaks first: this long is to be waited for that. */
    void isWorthWaitingFor(Duration timeout);
  }
}
