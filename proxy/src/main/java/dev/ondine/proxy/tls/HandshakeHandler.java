package dev.ondine.proxy.tls;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.tls.Handshakes.Outcome;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannelConfig;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands behind the TLS handler: hands the connection on when the handshake is done, and then makes
 * TLS's way of ending look like TCP's. Confined to its loop.
 */
final class HandshakeHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(HandshakeHandler.class);

  private final Connection connection;
  private final ConnectionInfo info;
  private final Acceptor inside;
  private final Handshakes handshakes;
  private boolean over;
  private boolean failed;
  private boolean peerEnded;

  HandshakeHandler(
      Connection connection, ConnectionInfo info, Acceptor inside, Handshakes handshakes) {
    this.connection = connection;
    this.info = info;
    this.inside = inside;
    this.handshakes = handshakes;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    switch (event) {
      case SniCompletionEvent sni when !sni.isSuccess() -> failed(sni.cause());
      case SniCompletionEvent _ -> {}
      case SslHandshakeCompletionEvent done when done.isSuccess() -> succeeded(ctx);
      case SslHandshakeCompletionEvent done -> failed(done.cause());
      case SslCloseCompletionEvent closed -> peerEnds(ctx, closed.isSuccess());
      case ChannelInputShutdownEvent _ -> inputEnds(ctx);
      default -> ctx.fireUserEventTriggered(event);
    }
  }

  private void succeeded(ChannelHandlerContext ctx) {
    if (over) {
      return;
    }
    over = true;
    handshakes.ended(info, Outcome.COMPLETED, "");
    var tls = ctx.pipeline().get(SslHandler.class);
    var agreed =
        new ConnectionInfo.Tls(
            tls.engine().getSession().getProtocol(),
            Optional.ofNullable(tls.applicationProtocol()));
    ctx.channel().config().setAutoRead(false); // the next owner starts to read
    inside.accept(connection.secured(tls::closeOutbound), info.within(agreed));
  }

  private void failed(Throwable cause) {
    if (over) {
      return;
    }
    over = true;
    failed = true;
    var outcome =
        switch (cause) {
          case SslHandshakeTimeoutException _ -> Outcome.TIMED_OUT;
          case SSLException _ -> Outcome.REFUSED;
          case ClosedChannelException _ -> Outcome.CLIENT_LEFT;
          case IOException _ -> Outcome.CLIENT_LEFT;
          default -> Outcome.REFUSED;
        };
    handshakes.ended(info, outcome, String.valueOf(cause.getMessage()));
    connection.close();
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
      connection.close();
    } else if (!peerEnded) {
      peerEnded = true;
      ctx.fireExceptionCaught(new IOException("the peer ended its side without close_notify"));
    }
  }

  private static boolean halfCloses(ChannelHandlerContext ctx) {
    return ctx.channel().config() instanceof DuplexChannelConfig config
        && config.isAllowHalfClosure();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    failed(new ClosedChannelException()); // unless the handshake is over
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var why = cause.getCause() instanceof SSLException tls ? tls : cause;
    if (!over) {
      failed(why);
    } else if (failed) {
      LOG.debug("{} after its handshake failed: {}", info.peer(), why.getMessage());
    } else if (why instanceof SSLException) {
      LOG.debug("{} broke TLS off: {}", info.peer(), why.getMessage());
      ctx.fireExceptionCaught(new IOException("broken TLS: " + why.getMessage(), why));
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
