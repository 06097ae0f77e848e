package dev.ondine.proxy.tls;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.tls.Handshakes.Outcome;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** A handshake with a client that proves nothing. Confined to its loop. */
final class ServerHandshake extends HandshakeHandler {
  private final ConnectionInfo info;
  private final Acceptor inside;
  private final Handshakes handshakes;

  ServerHandshake(
      Connection connection, ConnectionInfo info, Acceptor inside, Handshakes handshakes) {
    super(connection);
    this.info = info;
    this.inside = inside;
    this.handshakes = handshakes;
  }

  @Override
  void completed(ChannelHandlerContext ctx, SslHandler tls) {
    over(ctx);
    handshakes.ended(info, Outcome.COMPLETED, "");
    var agreed =
        new ConnectionInfo.Tls(
            tls.engine().getSession().getProtocol(),
            Optional.ofNullable(tls.applicationProtocol()));
    inside.accept(connection().secured(tls::closeOutbound), info.within(agreed));
  }

  @Override
  void refused(Throwable cause) {
    var outcome =
        switch (cause) {
          case SslHandshakeTimeoutException _ -> Outcome.TIMED_OUT;
          case SSLException _ -> Outcome.REFUSED;
          case IOException _ -> Outcome.CLIENT_LEFT;
          default -> Outcome.REFUSED;
        };
    handshakes.ended(info, outcome, String.valueOf(cause.getMessage()));
  }
}
