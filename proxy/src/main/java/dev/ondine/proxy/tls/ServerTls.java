package dev.ondine.proxy.tls;

import dev.ondine.model.Endpoint;
import dev.ondine.model.Identity;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.TcpConnector;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * TLS on accepted connections by a certificate of one's own: 1.2 and 1.3, without resumption, early
 * data or renegotiation. Proves nothing of the client, and makes connections in the clear.
 */
public final class ServerTls implements TransportSecurity {
  private final ServerContexts contexts;
  private final TlsSettings settings;
  private final Handshakes handshakes;

  /**
   * Loads what TLS takes, which costs memory.
   *
   * @param loops how many there are
   */
  public ServerTls(KeyMaterial material, TlsSettings settings, int loops, Handshakes handshakes) {
    this.contexts = new ServerContexts(material, loops);
    this.settings = settings;
    this.handshakes = handshakes;
  }

  /** What makes the handshakes: {@code boringssl} or {@code jdk}. */
  public String provider() {
    return contexts.provider();
  }

  @Override
  public void close() {
    contexts.close();
  }

  @Override
  public Optional<Identity> identity() {
    return Optional.empty();
  }

  @Override
  public void secure(
      Connection connection, Endpoint endpoint, Expected expected, TcpConnector.Attempt attempt) {
    new Plaintext().secure(connection, endpoint, expected, attempt);
  }

  @Override
  public Optional<Acceptor> accepting(Acceptor inside) {
    return Optional.of((connection, info) -> accept(connection, info, inside));
  }

  /** The ClientHello is read before a context is chosen: its length has a bound. */
  private void accept(Connection connection, ConnectionInfo info, Acceptor inside) {
    var hello =
        new SniHandler(
            (_, chosen) -> choose(connection, chosen),
            settings.maxClientHello(),
            settings.handshakeTimeout().toMillis()) {
          @Override
          protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
            var handler = super.newSslHandler(context, allocator);
            Provider.withoutTickets(handler.engine());
            return handler;
          }
        };
    var pipeline = connection.channel().pipeline();
    pipeline.addLast(hello);
    pipeline.addLast(new ServerHandshake(connection, info, inside, handshakes));
    connection.channel().config().setAutoRead(true);
  }

  private io.netty.util.concurrent.Future<SslContext> choose(
      Connection connection, io.netty.util.concurrent.Promise<SslContext> chosen) {
    try {
      return chosen.setSuccess(contexts.context(connection.loop()));
    } catch (SSLException | RuntimeException e) {
      return chosen.setFailure(e);
    }
  }
}
