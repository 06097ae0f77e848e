package dev.ondine.proxy.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What makes handshakes: BoringSSL, or the JDK where that is not to be had. */
final class Provider {
  private static final Logger LOG = LoggerFactory.getLogger(Provider.class);

  private Provider() {}

  /** Loads BoringSSL, if it is there: this is not to be done by who needs no TLS. */
  static SslProvider best() {
    if (OpenSsl.isAvailable()) {
      return SslProvider.OPENSSL_REFCNT;
    }
    LOG.warn("no BoringSSL, so TLS is the JDK's: {}", OpenSsl.unavailabilityCause().toString());
    return SslProvider.JDK;
  }

  /** Sends no tickets: Netty has them sent again whatever its context says. */
  static void withoutTickets(SSLEngine engine) {
    if (engine instanceof ReferenceCountedOpenSslEngine boring) {
      SSL.setOptions(boring.sslPointer(), SSL.SSL_OP_NO_TICKET);
    }
  }

  /** {@code boringssl} or {@code jdk}. */
  static String name(SslProvider provider) {
    return provider == SslProvider.JDK ? "jdk" : "boringssl";
  }
}
