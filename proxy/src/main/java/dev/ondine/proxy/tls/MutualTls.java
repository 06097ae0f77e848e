package dev.ondine.proxy.tls;

import dev.ondine.model.Endpoint;
import dev.ondine.model.Identity;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.tls.PeerVerifier.Role;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.Loop;
import dev.ondine.proxy.transport.TcpConnector;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mutual TLS 1.3 between sidecars, each of which proves its identity: without resumption, early
 * data or renegotiation.
 *
 * <p>Handshakes that begin after the credentials were replaced use the new ones; connections live
 * on.
 */
public final class MutualTls implements TransportSecurity {
  private static final Logger LOG = LoggerFactory.getLogger(MutualTls.class);

  /** A handshake has no host: nothing is looked up by it, and it is no name for SNI. */
  private static final String NO_HOST = "mesh";

  private final IdentitySource source;
  private final TlsSettings settings;
  private final InstantSource clock;
  private final MeshHandshakes handshakes;
  private final int loops;
  private volatile @Nullable Made made;

  /** What takes the library to be loaded: not before there are credentials. */
  private static final class Made {
    private final SslProvider provider;
    private final @Nullable MeshContexts[] contexts; // by the loop's index

    Made(SslProvider provider, int loops) {
      this.provider = provider;
      this.contexts = new MeshContexts[loops];
    }
  }

  /**
   * @param clock tells whether a certificate is valid
   * @param loops how many there are
   */
  public MutualTls(
      IdentitySource source,
      TlsSettings settings,
      InstantSource clock,
      MeshHandshakes handshakes,
      int loops) {
    this.source = source;
    this.settings = settings;
    this.clock = clock;
    this.handshakes = handshakes;
    this.loops = loops;
  }

  IdentitySource source() {
    return source;
  }

  TlsSettings settings() {
    return settings;
  }

  InstantSource clock() {
    return clock;
  }

  MeshHandshakes handshakes() {
    return handshakes;
  }

  @Override
  public Optional<Identity> identity() {
    return source.current().map(MeshCredentials::identity);
  }

  // ---- contexts
  // -----------------------------------------------------------------------------------

  private MeshContexts contexts(Loop loop, MeshCredentials credentials) {
    assert loop.inThread();
    var all = made();
    var last = all.contexts[loop.index()];
    if (last != null && last.credentials().generation() == credentials.generation()) {
      return last;
    }
    var next = new MeshContexts(all.provider, credentials);
    all.contexts[loop.index()] = next;
    if (last != null) {
      last.release(); // connections hold it as long as they need it
    }
    return next;
  }

  /**
   * Loads all that handshakes take, and looks at the own certificate as others will. Takes a while:
   * not to be called on a loop, whose first handshake would otherwise hold up its connections.
   */
  public void prepare(MeshCredentials credentials, List<Loop> all) {
    made();
    try {
      var _ =
          new PeerVerifier(credentials.bundles())
              .verify(credentials.credentials().chain(), Role.SERVER, clock.instant());
    } catch (RefusedPeerException e) {
      LOG.error("others will refuse the own certificate: {}", e.getMessage());
    }
    for (var loop : all) {
      loop.execute(() -> warm(loop, credentials));
    }
  }

  private void warm(Loop loop, MeshCredentials credentials) {
    try {
      var contexts = contexts(loop, credentials);
      var _ = contexts.client(loop, Inside.HTTP1);
      var _ = contexts.server(loop);
    } catch (SSLException e) {
      LOG.error("the own certificate is of no use: {}", e.getMessage());
    }
  }

  private Made made() {
    var known = made;
    if (known != null) {
      return known;
    }
    synchronized (this) { // once in a life
      known = made;
      if (known == null) {
        known = new Made(Provider.best(), loops);
        made = known;
      }
      return known;
    }
  }

  @Override
  public void close() {
    var all = made;
    if (all != null) {
      for (var last : all.contexts) {
        if (last != null) {
          last.release();
        }
      }
    }
  }

  // ---- connections that are made
  // ------------------------------------------------------------------

  @Override
  public void secure(
      Connection connection, Endpoint endpoint, Expected expected, TcpConnector.Attempt attempt) {
    switch (expected) {
      case Expected.Plaintext _ -> attempt.connected(connection);
      case Expected.OneOf one -> connect(connection, endpoint, one, attempt);
      case Expected.Nobody(var why) -> refuse(connection, TlsFailure.NOBODY_EXPECTED, why, attempt);
    }
  }

  @Override
  public Optional<Failure> refuses(Loop loop, Expected expected) {
    var refused = TransportSecurity.super.refuses(loop, expected);
    var credentials = source.current();
    if (refused.isPresent()
        || credentials.isEmpty()
        || !(expected instanceof Expected.OneOf(var _, var inside))) {
      return refused;
    }
    try {
      var _ = contexts(loop, credentials.get()).client(loop, inside);
      return refused;
    } catch (SSLException e) {
      return Optional.of(TransportSecurity.failed(TlsFailure.NO_IDENTITY, unusable(e)));
    }
  }

  private void refuse(
      Connection connection, TlsFailure failure, String why, TcpConnector.Attempt attempt) {
    handshakes.failed(Direction.OUTBOUND, connection.peer(), failure, why);
    connection.close();
    attempt.failed(TransportSecurity.failed(failure, why));
  }

  private void connect(
      Connection connection,
      Endpoint endpoint,
      Expected.OneOf expected,
      TcpConnector.Attempt attempt) {
    var credentials = source.current();
    if (credentials.isEmpty()) {
      refuse(connection, TlsFailure.NO_IDENTITY, "its certificate is gone", attempt);
      return;
    }
    try {
      var contexts = contexts(connection.loop(), credentials.get());
      var context = contexts.client(connection.loop(), expected.inside());
      var handshake =
          new MeshHandshake(Role.SERVER, expected.identities(), contexts.verifier(), clock);
      var number = contexts.trust().begin(handshake);
      var handler =
          new MeshConnecting(connection, this, contexts, handshake, number, endpoint, attempt);
      begin(connection, context, number, handler);
    } catch (SSLException e) {
      refuse(connection, TlsFailure.NO_IDENTITY, unusable(e), attempt);
    }
  }

  private static String unusable(SSLException why) {
    return "its own certificate is of no use: " + why.getMessage();
  }

  private void begin(
      Connection connection, SslContext context, int number, HandshakeHandler handler) {
    var channel = connection.channel();
    SslHandler tls = context.newHandler(channel.alloc(), NO_HOST, number);
    Provider.withoutTickets(tls.engine());
    tls.setHandshakeTimeoutMillis(settings.handshakeTimeout().toMillis());
    channel.pipeline().addLast(tls);
    channel.pipeline().addLast(handler);
    channel.config().setAutoRead(true);
  }

  // ---- connections that are accepted
  // --------------------------------------------------------------

  @Override
  public Optional<Acceptor> accepting(Acceptor inside) {
    return Optional.of((connection, info) -> accept(connection, info, inside));
  }

  private void accept(Connection connection, ConnectionInfo info, Acceptor inside) {
    var credentials = source.current();
    if (credentials.isEmpty()) {
      refuse(connection, info, "this sidecar has no certificate it could show");
      return;
    }
    try {
      var contexts = contexts(connection.loop(), credentials.get());
      var context = contexts.server(connection.loop());
      var handshake = new MeshHandshake(Role.CLIENT, Set.of(), contexts.verifier(), clock);
      var number = contexts.trust().begin(handshake);
      begin(
          connection,
          context,
          number,
          new MeshAccepting(connection, this, contexts, handshake, number, info, inside));
    } catch (SSLException e) {
      refuse(connection, info, unusable(e));
    }
  }

  private void refuse(Connection connection, ConnectionInfo info, String why) {
    handshakes.failed(Direction.INBOUND, info.peer(), TlsFailure.NO_IDENTITY, why);
    var alert = Alert.of(Reason.TLS_FAILED).record();
    connection
        .channel()
        .writeAndFlush(Unpooled.wrappedBuffer(alert))
        .addListener(ChannelFutureListener.CLOSE);
  }
}
