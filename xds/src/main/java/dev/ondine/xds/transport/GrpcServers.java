package dev.ondine.xds.transport;

import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Sets up gRPC servers for long-lived streams of many clients. */
public final class GrpcServers {
  /** Our own sidecars ping every 10 s; others may be a little more eager. */
  private static final long PERMIT_PING_SECONDS = 5;

  private static final long PING_SECONDS = 30;
  private static final long PING_TIMEOUT_SECONDS = 10;
  private static final long HANDSHAKE_SECONDS = 10;

  /** A client that reconnects names all it has: a request may be as large as a response. */
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  /** Above a week the JDK sends no tickets: a session is not resumed without its certificate. */
  private static final long NO_TICKETS_SECONDS = 700_000;

  private GrpcServers() {}

  /** A server in the clear. */
  public static NettyServerBuilder at(SocketAddress address) {
    return at(address, new ServerSecurity.Plaintext());
  }

  /** A server whose calls know their {@link CallPeer}. */
  public static NettyServerBuilder at(SocketAddress address, ServerSecurity security) {
    var builder = set(NettyServerBuilder.forAddress(address));
    return switch (security) {
      case ServerSecurity.Plaintext _ -> builder.intercept(CallPeer.reading(Optional.empty()));
      case ServerSecurity.Tls tls ->
          builder
              .sslContext(context(tls))
              .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
              .intercept(CallPeer.reading(Optional.of(tls.check())));
    };
  }

  /**
   * Finds dead clients by pings and lets clients find it dead in the same way. gRPC's own default
   * would close the connection of a client that pings as often as sidecars do.
   */
  static NettyServerBuilder set(NettyServerBuilder builder) {
    return builder
        .permitKeepAliveTime(PERMIT_PING_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(PING_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .maxInboundMessageSize(MAX_MESSAGE_BYTES);
  }

  /** The JDK's TLS: control has few handshakes, and keys of any provider work with it. */
  private static SslContext context(ServerSecurity.Tls tls) {
    try {
      return GrpcSslContexts.configure(SslContextBuilder.forServer(tls.keys()), SslProvider.JDK)
          .protocols("TLSv1.3")
          .trustManager(tls.trust())
          .clientAuth(ClientAuth.OPTIONAL)
          .sessionTimeout(NO_TICKETS_SECONDS)
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("the JDK has no TLS 1.3", e);
    }
  }
}
