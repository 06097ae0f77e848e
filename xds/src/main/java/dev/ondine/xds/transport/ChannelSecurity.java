package dev.ondine.xds.transport;

import static java.util.Objects.requireNonNull;

import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** How the connections of gRPC channels are secured. */
public sealed interface ChannelSecurity {
  /** In the clear. */
  record Plaintext() implements ChannelSecurity {}

  /**
   * TLS 1.3. Names of hosts prove nothing here: whoever trusts a server says so by its identity.
   *
   * @param keys asked at each handshake, so that what it answers may change
   * @param trust asked at each handshake
   */
  record Tls(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust)
      implements ChannelSecurity {
    public Tls {
      requireNonNull(keys, "keys");
      requireNonNull(trust, "trust");
    }
  }
}
