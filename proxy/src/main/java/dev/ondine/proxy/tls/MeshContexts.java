package dev.ondine.proxy.tls;

import dev.ondine.proxy.transport.Loop;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The TLS contexts of one loop, made of one generation of credentials, each when it is first
 * needed. Confined to the loop.
 */
final class MeshContexts {
  /** Bytes of the peer's certificates, five of which have less than a tenth of that. */
  private static final int MAX_CERTIFICATES = 32 << 10;

  private static final String[] GROUPS = {"X25519", "P-256"};

  /** What a server takes, best first; the last ones are those of servers that are no sidecars. */
  private static final List<String> SERVED =
      List.of(Inside.HTTP2.own(), Inside.HTTP1.own(), Inside.TCP.own(), "h2", "http/1.1");

  private final SslProvider provider;
  private final MeshCredentials credentials;
  private final MeshTrust trust = new MeshTrust();
  private final PeerVerifier verifier;
  private final Map<Inside, SslContext> clients = new EnumMap<>(Inside.class);
  private @Nullable SslContext server;

  MeshContexts(SslProvider provider, MeshCredentials credentials) {
    this.provider = provider;
    this.credentials = credentials;
    this.verifier = new PeerVerifier(credentials.bundles());
  }

  MeshCredentials credentials() {
    return credentials;
  }

  MeshTrust trust() {
    return trust;
  }

  PeerVerifier verifier() {
    return verifier;
  }

  /** For connections that are made. */
  SslContext client(Loop loop, Inside inside) throws SSLException {
    assert loop.inThread();
    var made = clients.get(inside);
    if (made == null) {
      made =
          common(
                  SslContextBuilder.forClient()
                      .keyManager(
                          credentials.credentials().key(),
                          credentials.credentials().chain().toArray(X509Certificate[]::new))
                      // Who answers is checked by identity: no host name is in any certificate.
                      .endpointIdentificationAlgorithm(null),
                  inside.offered())
              .build();
      if (made.sessionContext() instanceof OpenSslSessionContext sessions) {
        sessions.setSessionCacheEnabled(false);
      }
      clients.put(inside, made);
    }
    return made;
  }

  /** For connections that are accepted. */
  SslContext server(Loop loop) throws SSLException {
    assert loop.inThread();
    var made = server;
    if (made == null) {
      made =
          common(
                  SslContextBuilder.forServer(
                          credentials.credentials().key(),
                          credentials.credentials().chain().toArray(X509Certificate[]::new))
                      .clientAuth(ClientAuth.REQUIRE),
                  SERVED)
              .build();
      server = made;
    }
    return made;
  }

  private SslContextBuilder common(SslContextBuilder builder, List<String> protocols) {
    builder
        .sslProvider(provider)
        .trustManager(trust)
        .protocols("TLSv1.3")
        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                protocols));
    // Nothing is ever resumed: it would go past all checks of who the peer is.
    builder.sessionCacheSize(1).sessionTimeout(1);
    if (provider != SslProvider.JDK) {
      builder
          .option(OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES, MAX_CERTIFICATES)
          .option(OpenSslContextOption.GROUPS, GROUPS);
    }
    return builder;
  }

  /** Frees the contexts once no connection needs them. */
  void release() {
    clients.values().forEach(ReferenceCountUtil::release);
    clients.clear();
    ReferenceCountUtil.release(server);
    server = null;
  }
}
