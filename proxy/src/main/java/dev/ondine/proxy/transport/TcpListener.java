package dev.ondine.proxy.transport;

import dev.ondine.proxy.http.ConnectionInfo;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening socket, TCP or Unix, whose connections are dealt out over the loops and given to an
 * acceptor.
 */
public final class TcpListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);

  /** How soon a listener that paused looks whether it may go on. */
  private static final Duration LOOK = Duration.ofMillis(100);

  /** Without a file descriptor accepting fails at once, again and again: better to wait. */
  private static final Duration FAILED = Duration.ofMillis(500);

  /** Between two lines in the log about failures. */
  private static final Duration QUIET = Duration.ofSeconds(10);

  private final EventLoops loops;
  private final Admission admission;
  private final ListenerSettings settings;
  private final Acceptor acceptor;
  private final Channel listening;
  // Written when connections come and go, not by requests.
  private final Set<Channel> open = ConcurrentHashMap.newKeySet();
  // Of the listening loop only.
  private boolean paused;
  private boolean everFailed;
  private long lastFailure;

  private TcpListener(
      EventLoops loops, ListenerSettings settings, Admission admission, Acceptor acceptor)
      throws IOException {
    this.admission = admission;
    this.loops = loops;
    this.settings = settings;
    this.acceptor = acceptor;
    var unix = settings.address() instanceof UnixDomainSocketAddress;
    var bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel(unix))
            .option(ChannelOption.SO_BACKLOG, settings.backlog())
            .handler(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    acceptFailed(ctx.channel(), cause);
                  }
                })
            .childOption(
                ChannelOption.ALLOCATOR, settings.reserved() ? loops.reserve() : loops.allocator())
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
    return bind(loops, settings, Admission.of(Integer.MAX_VALUE), acceptor);
  }

  /**
   * The same, accepting only what is admitted; the rest waits in the kernel.
   *
   * @throws IOException when the address is taken, is not ours or may not be used
   */
  public static TcpListener bind(
      EventLoops loops, ListenerSettings settings, Admission admission, Acceptor acceptor)
      throws IOException {
    return new TcpListener(loops, settings, admission, acceptor);
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
    admission.entered();
    if (!mayAccept()) {
      var server = channel.parent();
      server.config().setAutoRead(false); // at once: the loop that accepts would go on
      server.eventLoop().execute(() -> pause(server, LOOK));
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
    admission.left();
  }

  private boolean mayAccept() {
    return open.size() < settings.maxConnections() && admission.admits();
  }

  /** Accepts nothing for a while, and then until there is room; what comes waits in the kernel. */
  private void pause(Channel server, Duration time) {
    server.config().setAutoRead(false);
    if (!paused) {
      paused = true;
      admission.paused();
      resumeLater(server, time);
    }
  }

  private void resumeLater(Channel server, Duration time) {
    var _ =
        server
            .eventLoop()
            .schedule(
                () -> {
                  if (mayAccept()) {
                    paused = false;
                    server.config().setAutoRead(true);
                  } else if (server.isOpen()) {
                    resumeLater(server, LOOK);
                  }
                },
                time.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /** Almost always for want of file descriptors. */
  private void acceptFailed(Channel server, Throwable cause) {
    var now = loops.all().getFirst().ticker().nanos();
    if (!everFailed || now - lastFailure > QUIET.toNanos()) {
      LOG.warn(
          "cannot accept on {}: {}; trying again every {} ms",
          text(settings.address()),
          cause.getMessage(),
          FAILED.toMillis());
      everFailed = true;
      lastFailure = now;
    }
    pause(server, FAILED);
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
