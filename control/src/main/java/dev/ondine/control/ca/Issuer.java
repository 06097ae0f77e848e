package dev.ondine.control.ca;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A key that signs leaves, with the certificates that lead from it to a root.
 *
 * @param chain its own first, each issued by the next, without the root
 */
record Issuer(PrivateKey key, List<X509Certificate> chain, X509Certificate root) {
  Issuer {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new CaException("an intermediate without a certificate");
    }
  }

  /** Its own. */
  X509Certificate certificate() {
    return chain.getFirst();
  }

  @Override
  public String toString() {
    return "intermediate " + Certificates.fingerprint(certificate()); // never the key
  }
}
