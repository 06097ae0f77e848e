package dev.ondine.xds.transport;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * Opens the gRPC channels of a process, all on one thread: they carry little, and memory counts.
 *
 * <p>Calls report on that thread, which must not be blocked.
 */
public final class GrpcChannels implements AutoCloseable {
  private static final int SOL_SOCKET = 1;
  private static final int SO_MARK = 36;
  // 256 KiB chunks instead of 4 MiB: a sidecar's streams have a few KiB in flight.
  private static final int PAGE_SIZE = 8192;
  private static final int CHUNK_ORDER = 5;
  private static final int CACHED_BUFFERS = 16;
  private static final long CLOSE_MILLIS = 2_000;

  private final int mark;
  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup loop;
  private final ByteBufAllocator allocator =
      new PooledByteBufAllocator(
          true, 0, 1, PAGE_SIZE, CHUNK_ORDER, CACHED_BUFFERS, CACHED_BUFFERS, false);

  /**
   * Starts the thread.
   *
   * @param mark SO_MARK of all sockets, by which interception rules know them; 0: none
   */
  public GrpcChannels(int mark) {
    if (mark != 0 && !epoll) {
      throw new IllegalStateException(
          "sockets can be marked only with epoll, which cannot be used here",
          Epoll.unavailabilityCause());
    }
    this.mark = mark;
    this.loop =
        new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("ondine-grpc", true),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  }

  /**
   * A channel that connects with the first call. Shut it down when it is done.
   *
   * @throws IllegalStateException where there is no TLS
   */
  public ManagedChannel open(
      ServerAddress server, ChannelSecurity security, ChannelSettings settings) {
    var builder =
        set(NettyChannelBuilder.forAddress(server.host(), server.port()), settings)
            .channelType(channelType());
    switch (security) {
      case ChannelSecurity.Plaintext _ -> builder.usePlaintext();
      case ChannelSecurity.Tls tls -> builder.sslContext(context(tls));
    }
    if (mark != 0) {
      builder.withOption(new IntegerUnixChannelOption("SO_MARK", SOL_SOCKET, SO_MARK), mark);
    }
    return builder.build();
  }

  /**
   * A channel through a Unix socket: whoever may write to it is known to the server by its user.
   *
   * @throws IllegalStateException where there is no epoll
   */
  public ManagedChannel unix(Path socket, ChannelSettings settings) {
    if (!epoll) {
      throw new IllegalStateException(
          "Unix sockets need epoll, which cannot be used here", Epoll.unavailabilityCause());
    }
    return set(NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile())), settings)
        .channelType(EpollDomainSocketChannel.class)
        .overrideAuthority("localhost") // a path would be none
        .usePlaintext()
        .build();
  }

  private NettyChannelBuilder set(NettyChannelBuilder builder, ChannelSettings settings) {
    return builder
        .eventLoopGroup(loop)
        .directExecutor()
        .withOption(ChannelOption.ALLOCATOR, allocator)
        .withOption(
            ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.connectTimeout().toMillis())
        .keepAliveTime(settings.keepaliveTime().toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(settings.keepaliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .maxInboundMessageSize(settings.maxMessageBytes());
  }

  /** BoringSSL where there is one: the JDK's own costs a sidecar more memory. */
  private static SslContext context(ChannelSecurity.Tls tls) {
    var provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    try {
      return GrpcSslContexts.configure(SslContextBuilder.forClient(), provider)
          .protocols("TLSv1.3")
          .keyManager(tls.keys())
          .trustManager(tls.trust())
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS by " + provider, e);
    }
  }

  private Class<? extends SocketChannel> channelType() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /** Runs a short task on the channels' thread after a while; not at all once closed. */
  public void later(Duration delay, Runnable task) {
    if (!loop.isShuttingDown()) {
      var _ = loop.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Ends the thread, and with it what is still open; waits a moment. */
  @Override
  public void close() {
    loop.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_MILLIS + 1_000);
  }
}
