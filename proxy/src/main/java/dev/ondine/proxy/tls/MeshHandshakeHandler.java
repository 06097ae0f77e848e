package dev.ondine.proxy.tls;

import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.tls.PeerVerifier.Role;
import dev.ondine.proxy.tls.PeerVerifier.Verified;
import dev.ondine.proxy.transport.Connection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** One side of a handshake between sidecars. Confined to its loop. */
abstract class MeshHandshakeHandler extends HandshakeHandler {
  /** What a server sends first when it has accepted its client. */
  static final int ACCEPTED = 1;

  private final MutualTls security;
  private final MeshContexts contexts;
  private final MeshHandshake handshake;
  private final Role peer;
  private final int number;

  /**
   * @param peer the other side's role
   * @param number of the handshake, by which it is found
   */
  MeshHandshakeHandler(
      Connection connection,
      MutualTls security,
      MeshContexts contexts,
      MeshHandshake handshake,
      Role peer,
      int number) {
    super(connection);
    this.security = security;
    this.contexts = contexts;
    this.handshake = handshake;
    this.peer = peer;
    this.number = number;
  }

  final MutualTls security() {
    return security;
  }

  final MeshCredentials own() {
    return contexts.credentials();
  }

  /** The handshake is done, and the peer is who it may be. */
  abstract void verified(ChannelHandlerContext ctx, SslHandler tls, Verified verified);

  /** It is over without success. */
  abstract void failed(TlsFailure failure, String detail);

  @Override
  public final void handlerRemoved(ChannelHandlerContext ctx) {
    contexts.trust().end(number);
  }

  @Override
  final void completed(ChannelHandlerContext ctx, SslHandler tls) {
    contexts.trust().end(number);
    try {
      var verified = handshake.verified();
      // A session that was resumed is not asked for its certificates again by the library.
      verified(ctx, tls, verified == null ? handshake.check(shown(tls)) : verified);
    } catch (RefusedPeerException e) {
      fail(e);
    }
  }

  private static List<X509Certificate> shown(SslHandler tls) {
    try {
      return Arrays.stream(tls.engine().getSession().getPeerCertificates())
          .map(X509Certificate.class::cast)
          .toList();
    } catch (SSLPeerUnverifiedException _) {
      return List.of();
    }
  }

  @Override
  final void refused(Throwable cause) {
    contexts.trust().end(number);
    var failure = failure(cause);
    var refused = handshake.refused();
    var detail = refused == null ? String.valueOf(cause.getMessage()) : refused.getMessage();
    security.handshakes().failed(direction(), connection().peer(), failure, String.valueOf(detail));
    failed(failure, String.valueOf(detail));
  }

  final Direction direction() {
    return peer == Role.CLIENT ? Direction.INBOUND : Direction.OUTBOUND;
  }

  /** The connection for those who see what is inside. */
  final Connection secured(
      ChannelHandlerContext ctx, SslHandler tls, Verified verified, Optional<Inside> agreed) {
    security.handshakes().completed(direction());
    var stream = new FramedStream();
    var framed =
        agreed.filter(Inside.TCP::equals).isPresent(); // a sidecar's word, and nobody else's
    if (framed) {
      ctx.pipeline().addLast(stream);
    }
    return connection()
        .secured(
            new MeshPeer(
                peer,
                verified,
                own(),
                security.source(),
                security.clock(),
                framed ? stream::end : tls::closeOutbound,
                stream::isInputEnded));
  }

  // ---- why a handshake fails
  // ----------------------------------------------------------------------

  private TlsFailure failure(Throwable cause) {
    var refused = handshake.refused();
    if (refused != null) {
      return refused.failure();
    }
    return switch (cause) {
      case SslHandshakeTimeoutException _ -> TlsFailure.TIMED_OUT;
      case SSLException tls -> byText(String.valueOf(tls.getMessage()).toUpperCase(Locale.ROOT));
      case IOException _ -> TlsFailure.PEER_LEFT;
      default -> TlsFailure.PROTOCOL;
    };
  }

  /** The libraries say it in words only: those of BoringSSL, then those of the JDK. */
  private static TlsFailure byText(String message) {
    if (message.contains("DID_NOT_RETURN_A_CERTIFICATE")
        || message.contains("EMPTY CLIENT CERTIFICATE CHAIN")) {
      return TlsFailure.NO_CERTIFICATE;
    }
    if (message.contains("EXCESSIVE_MESSAGE_SIZE")
        || message.contains("CERTIFICATE CHAIN LENGTH")) {
      return TlsFailure.CHAIN_TOO_LONG;
    }
    if (message.contains("ALERT_PROTOCOL_VERSION") || message.contains("NO_APPLICATION_PROTOCOL")) {
      return TlsFailure.PROTOCOL;
    }
    return message.contains("ALERT") ? TlsFailure.REFUSED_BY_PEER : TlsFailure.PROTOCOL;
  }
}
