package dev.ondine.proxy.tls;

import static java.util.Objects.requireNonNull;

import dev.ondine.base.time.Scheduler;
import dev.ondine.model.Endpoint;
import dev.ondine.proxy.tls.PeerVerifier.Role;
import dev.ondine.proxy.tls.PeerVerifier.Verified;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.TcpConnector;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The connecting side of a handshake between sidecars: gives the connection away when the other one
 * has said that it accepts it, so that whatever failed before was certainly not sent. Confined to
 * its loop.
 */
final class MeshConnecting extends MeshHandshakeHandler {
  private final Endpoint endpoint;
  private final TcpConnector.Attempt attempt;
  private @Nullable SslHandler tls;
  private @Nullable Verified verified;
  private Optional<Inside> agreed = Optional.empty();
  private boolean awaiting;
  private Scheduler.@Nullable Timer timer;

  MeshConnecting(
      Connection connection,
      MutualTls security,
      MeshContexts contexts,
      MeshHandshake handshake,
      int number,
      Endpoint endpoint,
      TcpConnector.Attempt attempt) {
    super(connection, security, contexts, handshake, Role.SERVER, number);
    this.endpoint = endpoint;
    this.attempt = attempt;
  }

  @Override
  void verified(ChannelHandlerContext ctx, SslHandler handler, Verified found) {
    tls = handler;
    verified = found;
    var application = Optional.ofNullable(handler.applicationProtocol());
    agreed = application.flatMap(Inside::of);
    if (application.filter(Inside::isBetweenSidecars).isEmpty()) {
      ready(ctx); // another kind of server
      return;
    }
    awaiting = true;
    timer =
        connection()
            .loop()
            .schedule(
                security().settings().handshakeTimeout(),
                () -> fail(new SslHandshakeTimeoutException("it does not say that it accepts us")));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!awaiting) {
      ctx.fireChannelRead(message);
      return;
    }
    var bytes = (ByteBuf) message;
    if (isOver() || !bytes.isReadable()) {
      bytes.release();
      return;
    }
    if (bytes.readByte() != ACCEPTED) {
      bytes.release();
      fail(new SSLException("it says something else than that it accepts us"));
      return;
    }
    awaiting = false;
    cancelTimer();
    ready(ctx);
    if (bytes.isReadable()) {
      ctx.fireChannelRead(bytes);
    } else {
      bytes.release();
    }
  }

  private void ready(ChannelHandlerContext ctx) {
    over(ctx);
    attempt.connected(secured(ctx, requireNonNull(tls), requireNonNull(verified), agreed));
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  @Override
  void failed(TlsFailure failure, String detail) {
    cancelTimer();
    attempt.failed(TransportSecurity.failed(failure, endpoint.authority() + ": " + detail));
  }
}
