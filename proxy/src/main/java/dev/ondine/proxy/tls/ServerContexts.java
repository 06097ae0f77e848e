package dev.ondine.proxy.tls;

import dev.ondine.proxy.transport.Loop;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The TLS contexts of accepted connections: one on each loop, made anew when the credentials are
 * replaced. Each is confined to its loop, so that replacing one needs no lock and frees no context
 * under a handshake.
 */
final class ServerContexts {
  /** A context, and what it was made of. */
  private record Made(Credentials of, SslContext context) {}

  private final KeyMaterial material;
  private final SslProvider provider;
  private final @Nullable Made[] made; // by the loop's index

  /** Loads BoringSSL, if it is there: this is not to be done by who needs no TLS. */
  ServerContexts(KeyMaterial material, int loops) {
    this.material = material;
    this.made = new Made[loops];
    this.provider = Provider.best();
  }

  /** What makes handshakes: {@code boringssl} or {@code jdk}. */
  String provider() {
    return Provider.name(provider);
  }

  /** The context for a handshake that begins now, on this loop. */
  SslContext context(Loop loop) throws SSLException {
    assert loop.inThread();
    var credentials = material.current();
    var last = made[loop.index()];
    if (last != null && last.of().equals(credentials)) {
      return last.context();
    }
    var next = new Made(credentials, make(credentials));
    made[loop.index()] = next;
    if (last != null) {
      ReferenceCountUtil.release(last.context()); // connections hold it as long as they need it
    }
    return next.context();
  }

  /** Frees what is left, once the loops have ended. */
  void close() {
    for (var last : made) {
      if (last != null) {
        ReferenceCountUtil.release(last.context());
      }
    }
  }

  private SslContext make(Credentials credentials) throws SSLException {
    return SslContextBuilder.forServer(
            credentials.key(), credentials.chain().toArray(X509Certificate[]::new))
        .sslProvider(provider)
        .protocols("TLSv1.3", "TLSv1.2")
        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .clientAuth(ClientAuth.NONE)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                // A client of another protocol is served as one that names none: by its bytes.
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_2,
                ApplicationProtocolNames.HTTP_1_1))
        .build();
  }
}
