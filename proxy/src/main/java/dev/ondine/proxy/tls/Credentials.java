package dev.ondine.proxy.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate with its key: what one side of a handshake proves itself by. Immutable; another
 * certificate is another value.
 *
 * @param chain the own certificate first, each issued by the next
 * @param key of the first certificate
 */
public record Credentials(List<X509Certificate> chain, PrivateKey key) {
  public Credentials {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("credentials without a certificate");
    }
  }

  /** The certificate alone: the key is nobody's to read. */
  @Override
  public String toString() {
    var own = chain.getFirst();
    return "certificate of "
        + own.getSubjectX500Principal().getName()
        + ", valid until "
        + own.getNotAfter().toInstant();
  }
}
