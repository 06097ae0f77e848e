package dev.ondine.proxy.tcp;

import dev.ondine.base.config.SettingsReader;
import dev.ondine.proxy.transport.RelaySettings;
import java.time.Duration;
import java.util.Map;

/**
 * The bounds of relayed connections.
 *
 * @param relay of each one
 * @param connectAttempts endpoints that are tried, one after the other
 * @param heldBytes that all connections together which wait for discovery may have sent ahead
 * @param silence a client that says nothing for so long may leave the first word to the server:
 *     discovery is asked
 * @param patience how long a client may say nothing where it surely has the first word
 * @param clientHello how long a client may take to send the first message of a TLS handshake
 */
public record TcpSettings(
    RelaySettings relay,
    int connectAttempts,
    int heldBytes,
    Duration silence,
    Duration patience,
    Duration clientHello) {
  /** The settings that hold where nothing else is said. */
  public static final TcpSettings DEFAULTS = parse(Map.of());

  /**
   * The defaults with some settings replaced.
   *
   * @param given texts by name: those above, and {@code idle} and {@code bufferBytes} of a relay
   * @throws IllegalArgumentException naming the setting, its value and what is allowed
   */
  public static TcpSettings parse(Map<String, String> given) {
    var settings = new SettingsReader("tcp", given);
    var relay = RelaySettings.DEFAULTS;
    var parsed =
        new TcpSettings(
            new RelaySettings(
                settings.duration("idle", relay.idle()),
                settings.integer("bufferBytes", relay.bufferBytes())),
            settings.integer("connectAttempts", 3),
            settings.integer("heldBytes", 16 << 20),
            settings.duration("silence", Duration.ofMillis(50)),
            settings.duration("patience", Duration.ofMinutes(1)),
            settings.duration("clientHello", Duration.ofSeconds(10)));
    settings.refuseOthers();
    return parsed;
  }

  public TcpSettings {
    if (connectAttempts < 1) {
      throw new IllegalArgumentException("tcp.connectAttempts: " + connectAttempts + " is below 1");
    }
    if (heldBytes < HeldBytes.AHEAD) {
      throw new IllegalArgumentException(
          "tcp.heldBytes: " + heldBytes + " is below " + HeldBytes.AHEAD);
    }
    positive("silence", silence);
    positive("patience", patience);
    positive("clientHello", clientHello);
  }

  private static void positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException("tcp." + name + ": " + value + " is not positive");
    }
  }
}
