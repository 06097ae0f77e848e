package dev.ondine.proxy.transport;

import dev.ondine.proxy.http.ConnectionInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Waits for a connection's first bytes and hands it, with them, to who serves such. */
public final class DetectingAcceptor implements Acceptor {
  private final FirstBytes choice;
  private final Duration timeout;
  private final int maxBytes;
  private final @Nullable Silence silence;

  /**
   * Lets {@code choice} choose.
   *
   * @param timeout from accepting to the decision; afterwards the choice is made with what is there
   * @param maxBytes looked at; with so many the choice is made
   */
  public DetectingAcceptor(FirstBytes choice, Duration timeout, int maxBytes) {
    this(choice, timeout, maxBytes, null);
  }

  private DetectingAcceptor(
      FirstBytes choice, Duration timeout, int maxBytes, @Nullable Silence silence) {
    this.choice = choice;
    this.timeout = timeout;
    this.maxBytes = maxBytes;
    this.silence = silence;
  }

  /** The same, which asks this about connections whose peers say nothing. */
  public DetectingAcceptor whenSilent(Silence silence) {
    return new DetectingAcceptor(choice, timeout, maxBytes, silence);
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    var handler = new DetectHandler(connection, info, choice, maxBytes);
    connection.channel().pipeline().addLast(handler);
    handler.start(timeout, silence);
  }
}
