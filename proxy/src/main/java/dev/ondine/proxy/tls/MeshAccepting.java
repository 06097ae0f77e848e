package dev.ondine.proxy.tls;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.tls.PeerVerifier.Role;
import dev.ondine.proxy.tls.PeerVerifier.Verified;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/** The accepting side of a handshake between sidecars. Confined to its loop. */
final class MeshAccepting extends MeshHandshakeHandler {
  private final ConnectionInfo info;
  private final Acceptor inside;

  MeshAccepting(
      Connection connection,
      MutualTls security,
      MeshContexts contexts,
      MeshHandshake handshake,
      int number,
      ConnectionInfo info,
      Acceptor inside) {
    super(connection, security, contexts, handshake, Role.CLIENT, number);
    this.info = info;
    this.inside = inside;
  }

  @Override
  void verified(ChannelHandlerContext ctx, SslHandler tls, Verified verified) {
    over(ctx);
    var application = Optional.ofNullable(tls.applicationProtocol());
    if (application.filter(Inside::isBetweenSidecars).isPresent()) {
      // In TLS 1.3 the client is done first: only this tells it that it was not refused after that.
      var _ = ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte(ACCEPTED));
    }
    var agreed =
        new ConnectionInfo.Tls(
            tls.engine().getSession().getProtocol(), application, Optional.of(xfcc(verified)));
    inside.accept(
        secured(ctx, tls, verified, application.flatMap(Inside::of)),
        info.proven(verified.identity(), agreed));
  }

  /** As Envoy writes it with SANITIZE_SET: one element, of nothing but what was proven. */
  private String xfcc(Verified verified) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(verified.leaf().getEncoded());
      return "By="
          + own().identity().spiffeId()
          + ";Hash="
          + HexFormat.of().formatHex(digest)
          + ";URI="
          + verified.identity().spiffeId();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was verified cannot be encoded", e);
    }
  }

  @Override
  void failed(TlsFailure failure, String detail) {} // the peer has its alert
}
