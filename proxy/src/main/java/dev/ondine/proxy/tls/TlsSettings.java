package dev.ondine.proxy.tls;

import static java.util.Objects.requireNonNull;

import dev.ondine.base.config.SettingsReader;
import java.time.Duration;
import java.util.Map;

/**
 * The bounds of a handshake.
 *
 * @param handshakeTimeout from the ClientHello's first byte to the end of the handshake
 * @param maxClientHello bytes of a ClientHello; a longer one is refused
 */
public record TlsSettings(Duration handshakeTimeout, int maxClientHello) {
  /** What holds where nothing else is said. */
  public static final TlsSettings DEFAULTS = parse(Map.of());

  /**
   * The defaults with some settings replaced.
   *
   * @param given texts by name: those above
   * @throws IllegalArgumentException naming the setting, its value and what is allowed
   */
  public static TlsSettings parse(Map<String, String> given) {
    var settings = new SettingsReader("tls", given);
    var parsed =
        new TlsSettings(
            settings.duration("handshakeTimeout", Duration.ofSeconds(10)),
            settings.integer("maxClientHello", 16 << 10));
    settings.refuseOthers();
    return parsed;
  }

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
