package dev.ondine.xds.transport;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Sets up gRPC servers on Unix sockets, whose calls know the user of their {@link CallPeer}: the
 * kernel noted it when the client connected, so that it cannot be forged.
 *
 * <p>All of one object run on one thread of its own.
 */
public final class UnixServers implements AutoCloseable {
  private static final long CLOSE_MILLIS = 2_000;

  private final EventLoopGroup loop;

  /**
   * Starts the thread.
   *
   * @throws IllegalStateException where there is no epoll
   */
  public UnixServers() {
    if (!Epoll.isAvailable()) {
      throw new IllegalStateException(
          "a Unix socket needs epoll, which cannot be used here", Epoll.unavailabilityCause());
    }
    loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("ondine-unix", true), EpollIoHandler.newFactory());
  }

  /** A server at this path, at which there must be no file. */
  public NettyServerBuilder at(Path socket) {
    return GrpcServers.set(
            NettyServerBuilder.forAddress(
                new DomainSocketAddress(socket.toFile()),
                InternalNettyServerCredentials.create(new WithCredentials())))
        .channelType(EpollServerDomainSocketChannel.class)
        .bossEventLoopGroup(loop)
        .workerEventLoopGroup(loop)
        .intercept(CallPeer.reading(Optional.empty()));
  }

  /** Ends the thread, and with it what is still open; waits a moment. */
  @Override
  public void close() {
    loop.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_MILLIS + 1_000);
  }

  /** Cleartext HTTP/2, with the client's user noted before the first call. */
  private static final class WithCredentials implements ProtocolNegotiator {
    @Override
    public AsciiString scheme() {
      return AsciiString.of("http");
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
      return InternalProtocolNegotiators.waitUntilActiveHandler(
          new NoteUser(InternalProtocolNegotiators.grpcNegotiationHandler(grpc)),
          grpc.getNegotiationLogger());
    }

    @Override
    public void close() {}
  }

  /** Adds the user to the connection's attributes, and leaves. */
  private static final class NoteUser extends ChannelInboundHandlerAdapter {
    private final ChannelHandler next;

    NoteUser(ChannelHandler next) {
      this.next = next;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
      if (!(event instanceof ProtocolNegotiationEvent negotiated)) {
        ctx.fireUserEventTriggered(event);
        return;
      }
      var uid = ((EpollDomainSocketChannel) ctx.channel()).peerCredentials().uid();
      var attributes =
          InternalProtocolNegotiationEvent.getAttributes(negotiated).toBuilder()
              .set(CallPeer.UID, uid)
              .build();
      ctx.pipeline().replace(this, null, next);
      ctx.fireUserEventTriggered(
          InternalProtocolNegotiationEvent.withAttributes(negotiated, attributes));
    }
  }
}
