package dev.ondine.proxy.transport;

import static java.util.Objects.requireNonNull;

import dev.ondine.model.Identity;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP connection, accepted or made, on its loop.
 *
 * <p>Reads nothing until its first handler asks for it (auto-read is off at first).
 */
public final class Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final Channel channel;
  private final Loop loop;
  private final @Nullable Secured secured;

  Connection(Channel channel, Loop loop) {
    this(channel, loop, null);
  }

  private Connection(Channel channel, Loop loop, @Nullable Secured secured) {
    this.channel = requireNonNull(channel);
    this.loop = requireNonNull(loop);
    this.secured = secured;
  }

  /**
   * The same connection for those who see only what is inside a security protocol, whose handlers
   * are in the pipeline already.
   */
  public Connection secured(Secured inside) {
    return new Connection(channel, loop, inside);
  }

  /** True for what is inside a security protocol. */
  public boolean isSecured() {
    return secured != null;
  }

  /** Who the peer has proven to be. */
  public Optional<Identity> proven() {
    return secured == null ? Optional.empty() : secured.peer();
  }

  /** True once what the peer proved itself by holds no longer: nothing new may be sent to it. */
  public boolean isStale() {
    return secured != null && secured.isStale();
  }

  /** True once the peer has ended its side. */
  public boolean isInputEnded() {
    return ((DuplexChannel) channel).isInputShutdown()
        || (secured != null && secured.isInputEnded());
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

  /** Bytes that were written to it and that the kernel had no room for yet. */
  public long untaken() {
    var buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  /** A number that changes when the kernel takes something of that. */
  long progress() {
    var buffer = channel.unsafe().outboundBuffer();
    return buffer == null
        ? 0
        : 31L * System.identityHashCode(buffer.current()) + buffer.currentProgress();
  }

  /**
   * How long ago the kernel sent the peer something new: it may take long to empty a large buffer
   * so far that it takes more. As good as for ever where it does not tell.
   */
  long millisSinceSent() {
    if (!(channel instanceof EpollSocketChannel socket) || !socket.isOpen()) {
      return Long.MAX_VALUE;
    }
    var tcp = socket.tcpInfo();
    return tcp.retransmits() > 0 ? Long.MAX_VALUE : tcp.lastDataSent();
  }

  /**
   * Ends it in order (FIN), after what is with the kernel; what is not ({@link #untaken}) is lost.
   */
  public void close() {
    var _ = channel.close();
  }

  /** Ends this side only (FIN), after what is with the kernel; the peer may still send. */
  public ChannelFuture endOutput() {
    var duplex = (DuplexChannel) channel;
    if (secured == null) {
      return duplex.shutdownOutput();
    }
    var ended = channel.newPromise();
    var _ =
        secured
            .goodbye()
            .addListener(
                _ -> { // also when it cannot be said
                  var _ = duplex.shutdownOutput(ended);
                });
    return ended;
  }

  /**
   * Closes it because one of its handlers failed, and says so where that is not the peer's doing.
   */
  public void broke(Throwable cause) {
    switch (cause) {
      case IOException _ -> {} // the peer broke off
      case OutOfMemoryError starved -> loop.starved(starved);
      default -> LOG.warn("closing the connection with {}", peer(), cause);
    }
    close();
  }

  /** Breaks it off (RST), so that the peer does not take what it has for complete. */
  public void reset() {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      var outermost = channel.pipeline().firstContext();
      // Past all handlers: a security protocol would still say that it ends in order.
      var _ = outermost == null ? channel.close() : outermost.close();
    }
  }
}
