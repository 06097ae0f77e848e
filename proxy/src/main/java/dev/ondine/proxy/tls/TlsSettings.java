package dev.ondine.proxy.tls;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The bounds of a handshake.
 *
 * @param handshakeTimeout from the ClientHello's first byte to the end of the handshake
 * @param maxClientHello bytes of a ClientHello; a longer one is refused
 */
public record TlsSettings(Duration handshakeTimeout, int maxClientHello) {
  /** What holds where nothing else is said. */
  public static final TlsSettings DEFAULTS = new TlsSettings(Duration.ofSeconds(10), 16 << 10);

  public TlsSettings {
    requireNonNull(handshakeTimeout, "handshakeTimeout");
    if (!handshakeTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "tls.handshakeTimeout: " + handshakeTimeout + " is not positive");
    }
    if (maxClientHello < 512) {
      throw new IllegalArgumentException("tls.maxClientHello: " + maxClientHello + " is below 512");
    }
  }
}
