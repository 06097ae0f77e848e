package dev.ondine.proxy.tls;

import dev.ondine.proxy.transport.Connection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannelConfig;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands behind the TLS handler: hands the connection on when the handshake is done, and then makes
 * TLS's way of ending look like TCP's. Confined to its loop.
 */
abstract class HandshakeHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(HandshakeHandler.class);

  private final Connection connection;
  private boolean over;
  private boolean failed;
  private boolean peerEnded;

  HandshakeHandler(Connection connection) {
    this.connection = connection;
  }

  final Connection connection() {
    return connection;
  }

  /** The handshake is done; the handler says by {@link #over} when the connection is of use. */
  abstract void completed(ChannelHandlerContext ctx, SslHandler tls);

  /** It failed, before it was over; once. The connection is closed afterwards. */
  abstract void refused(Throwable cause);

  /** From now on what comes is for others. */
  final void over(ChannelHandlerContext ctx) {
    over = true;
    ctx.channel().config().setAutoRead(false); // the next owner starts to read
  }

  final boolean isOver() {
    return over;
  }

  @Override
  public final void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    switch (event) {
      case SniCompletionEvent sni when !sni.isSuccess() -> fail(sni.cause());
      case SniCompletionEvent _ -> {}
      case SslHandshakeCompletionEvent done when done.isSuccess() -> {
        if (!over) {
          completed(ctx, ctx.pipeline().get(SslHandler.class));
        }
      }
      case SslHandshakeCompletionEvent done -> fail(done.cause());
      case SslCloseCompletionEvent closed -> peerEnds(ctx, closed.isSuccess());
      case ChannelInputShutdownEvent _ -> inputEnds(ctx);
      default -> ctx.fireUserEventTriggered(event);
    }
  }

  /** Breaks the handshake off, unless it is over. */
  final void fail(Throwable cause) {
    if (!over) {
      over = true;
      failed = true;
      refused(cause);
      connection.close();
    }
  }

  /** The peer's close_notify: nothing more comes, in order. */
  private void peerEnds(ChannelHandlerContext ctx, boolean inOrder) {
    if (!over || peerEnded || !inOrder) {
      return; // a close that is not in order is told by the channel itself
    }
    peerEnded = true;
    if (halfCloses(ctx)) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    } else {
      var _ = ctx.close();
    }
  }

  /** The peer's FIN, which alone says nothing: whoever cuts the connection can make one. */
  private void inputEnds(ChannelHandlerContext ctx) {
    if (!over) {
      fail(new ClosedChannelException());
    } else if (!peerEnded) {
      peerEnded = true;
      ctx.fireExceptionCaught(new UncleanEndException());
    }
  }

  private static boolean halfCloses(ChannelHandlerContext ctx) {
    return ctx.channel().config() instanceof DuplexChannelConfig config
        && config.isAllowHalfClosure();
  }

  @Override
  public final void channelInactive(ChannelHandlerContext ctx) {
    fail(new ClosedChannelException()); // unless the handshake is over
    ctx.fireChannelInactive();
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var why = cause.getCause() instanceof SSLException tls ? tls : cause;
    if (!over) {
      fail(why);
    } else if (failed) {
      LOG.debug("{} after its handshake failed: {}", connection.peer(), why.getMessage());
    } else if (why instanceof SSLException) {
      LOG.debug("{} broke TLS off: {}", connection.peer(), why.getMessage());
      ctx.fireExceptionCaught(new IOException("broken TLS: " + why.getMessage(), why));
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
