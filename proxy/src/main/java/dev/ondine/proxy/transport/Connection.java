package dev.ondine.proxy.transport;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.net.SocketAddress;

/**
 * A TCP connection, accepted or made, on its loop.
 *
 * <p>Reads nothing until its first handler asks for it (auto-read is off at first).
 */
public final class Connection {
  private final Channel channel;
  private final Loop loop;

  Connection(Channel channel, Loop loop) {
    this.channel = requireNonNull(channel);
    this.loop = requireNonNull(loop);
  }

  /** The loop that it is confined to. */
  public Loop loop() {
    return loop;
  }

  /** Netty's channel, for the packages that see Netty. */
  public Channel channel() {
    return channel;
  }

  /** The other end. */
  public SocketAddress peer() {
    return channel.remoteAddress();
  }

  /** This end. */
  public SocketAddress local() {
    return channel.localAddress();
  }

  /** False once it is closed. */
  public boolean isOpen() {
    return channel.isOpen();
  }

  /** Ends it in order (FIN), after what was flushed. */
  public void close() {
    var _ = channel.close();
  }

  /** Breaks it off (RST), so that the peer does not take what it has for complete. */
  public void reset() {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      var _ = channel.close();
    }
  }
}
