package dev.ondine.control.ca;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A key in memory with the certificates that say whose it is.
 *
 * @param chain the leaf first
 */
public record KeyAndChain(PrivateKey key, List<X509Certificate> chain) {
  public KeyAndChain {
    chain = List.copyOf(chain);
  }

  /** What names it. */
  public X509Certificate leaf() {
    return chain.getFirst();
  }

  @Override
  public String toString() {
    return Certificates.fingerprint(leaf()); // never the key
  }
}
