package dev.ondine.proxy.transport;

import dev.ondine.proxy.http.ConnectionInfo;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A listening socket, TCP or Unix, whose connections are dealt out over the loops and given to an
 * acceptor.
 */
public final class TcpListener implements AutoCloseable {
  private final EventLoops loops;
  private final ListenerSettings settings;
  private final Acceptor acceptor;
  private final Channel listening;
  // Written when connections come and go, not by requests.
  private final Set<Channel> open = ConcurrentHashMap.newKeySet();

  private TcpListener(EventLoops loops, ListenerSettings settings, Acceptor acceptor)
      throws IOException {
    this.loops = loops;
    this.settings = settings;
    this.acceptor = acceptor;
    var unix = settings.address() instanceof UnixDomainSocketAddress;
    var bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel(unix))
            .option(ChannelOption.SO_BACKLOG, settings.backlog())
            .childOption(ChannelOption.ALLOCATOR, loops.allocator())
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted(channel);
                  }
                });
    if (!unix) {
      bootstrap
          .option(ChannelOption.SO_REUSEADDR, true)
          .childOption(ChannelOption.TCP_NODELAY, true)
          .childOption(ChannelOption.SO_KEEPALIVE, true);
    }
    var bound = bootstrap.bind(forNetty(settings.address())).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on " + text(settings.address()) + ": " + bound.cause().getMessage(),
          bound.cause());
    }
    this.listening = bound.channel();
  }

  /**
   * Listens and gives every connection to the acceptor.
   *
   * @throws IOException when the address is taken, is not ours or may not be used
   */
  public static TcpListener bind(EventLoops loops, ListenerSettings settings, Acceptor acceptor)
      throws IOException {
    return new TcpListener(loops, settings, acceptor);
  }

  private SocketAddress forNetty(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress unix && loops.transport().equals("epoll")
        ? new DomainSocketAddress(unix.getPath().toString())
        : address;
  }

  private static String text(SocketAddress address) {
    return address instanceof InetSocketAddress ip
        ? ip.getHostString() + ":" + ip.getPort()
        : address.toString();
  }

  /** Where it listens, with the port that the kernel chose. */
  public SocketAddress address() {
    return listening.localAddress();
  }

  /** How many connections are open. */
  public int connections() {
    return open.size();
  }

  private void accepted(Channel channel) {
    var loop = loops.of(channel.eventLoop());
    if (loop == null) {
      throw new IllegalStateException("a connection on a loop of somebody else");
    }
    open.add(channel);
    if (open.size() >= settings.maxConnections()) {
      listening.config().setAutoRead(false);
    }
    channel.closeFuture().addListener(closed -> closed(channel));
    var info =
        new ConnectionInfo(
            settings.direction(),
            // The client's end of a Unix socket has no name.
            Objects.requireNonNullElse(channel.remoteAddress(), settings.address()),
            channel.localAddress(),
            settings.originalDestination().of(channel),
            Optional.empty());
    acceptor.accept(new Connection(channel, loop), info);
  }

  private void closed(Channel channel) {
    open.remove(channel);
    if (open.size() < settings.maxConnections() && !listening.config().isAutoRead()) {
      listening.config().setAutoRead(true);
    }
  }

  /** Takes no more connections; those that are open live on. Not to be called on a loop. */
  public void stopAccepting() {
    var _ = listening.close().awaitUninterruptibly();
  }

  /** Ends everything. Not to be called on a loop. */
  @Override
  public void close() {
    stopAccepting();
    for (var channel : open) {
      var _ = channel.close();
    }
  }
}
