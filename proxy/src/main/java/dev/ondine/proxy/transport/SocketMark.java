package dev.ondine.proxy.transport;

import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.util.Map;

/**
 * The mark by which interception rules know the sidecar's own sockets (SO_MARK of socket(7)), where
 * its user does not tell them.
 */
public final class SocketMark {
  private static final int SOL_SOCKET = 1;
  private static final int SO_MARK = 36;

  private SocketMark() {}

  /** The options that mark a socket; none for the mark 0. */
  public static Map<ChannelOption<?>, Object> options(int mark) {
    return mark == 0
        ? Map.of()
        : Map.of(new IntegerUnixChannelOption("SO_MARK", SOL_SOCKET, SO_MARK), mark);
  }
}
