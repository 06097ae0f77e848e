package dev.ondine.proxy.tcp;

import dev.ondine.base.config.SettingsReader;
import dev.ondine.proxy.transport.RelaySettings;
import java.util.Map;

/**
 * The bounds of relayed connections.
 *
 * @param relay of each one
 * @param connectAttempts endpoints that are tried, one after the other
 * @param heldBytes that all connections together which wait for discovery may have sent ahead
 */
public record TcpSettings(RelaySettings relay, int connectAttempts, int heldBytes) {
  /** An hour idle, 64 KiB of buffer, three attempts, 16 MiB held. */
  public static final TcpSettings DEFAULTS = parse(Map.of());

  /**
   * The defaults with some settings replaced.
   *
   * @param given texts by name: {@code idle}, {@code bufferBytes}, {@code connectAttempts}, {@code
   *     heldBytes}
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
            settings.integer("heldBytes", 16 << 20));
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
  }
}
