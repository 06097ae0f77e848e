package dev.ondine.xds.transport;

import static java.util.Objects.requireNonNull;

import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** How the connections of a gRPC server are secured. */
public sealed interface ServerSecurity {
  /** In the clear. */
  record Plaintext() implements ServerSecurity {}

  /**
   * TLS 1.3. A client may show a certificate and need not; which calls it may then make is not
   * decided here.
   *
   * @param keys asked at each handshake, so that what it answers may change
   * @param trust asked at each handshake where a client shows a certificate
   * @param check asked at each call: who the client is, as long as it may be believed
   */
  record Tls(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust, CallPeer.Check check)
      implements ServerSecurity {
    public Tls {
      requireNonNull(keys, "keys");
      requireNonNull(trust, "trust");
      requireNonNull(check, "check");
    }
  }
}
