package dev.ondine.control.ca;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * What all trust of a domain starts from.
 *
 * @param key empty where it is kept elsewhere
 */
record Root(X509Certificate certificate, Optional<PrivateKey> key) {
  @Override
  public String toString() {
    return "root " + Certificates.fingerprint(certificate); // never the key
  }
}
