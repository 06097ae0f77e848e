package dev.ondine.proxy.transport;

import dev.ondine.proxy.http.ConnectionInfo;
import java.time.Duration;

/** Waits for a connection's first bytes and hands it, with them, to who serves such. */
public final class DetectingAcceptor implements Acceptor {
  private final FirstBytes choice;
  private final Duration timeout;
  private final int maxBytes;

  /**
   * Lets {@code choice} choose.
   *
   * @param timeout from accepting to the decision; afterwards the choice is made with what is there
   * @param maxBytes looked at; with so many the choice is made
   */
  public DetectingAcceptor(FirstBytes choice, Duration timeout, int maxBytes) {
    this.choice = choice;
    this.timeout = timeout;
    this.maxBytes = maxBytes;
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    var handler = new DetectHandler(connection, info, choice, maxBytes);
    connection.channel().pipeline().addLast(handler);
    handler.start(timeout);
  }
}
