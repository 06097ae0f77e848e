package dev.ondine.proxy.transport;

import java.time.Duration;

/**
 * The bounds of a relay.
 *
 * @param idle a relay on which nothing moved for this long is broken off; looked at once a second
 * @param bufferBytes written to a connection and not taken by the kernel; beyond it nothing more is
 *     read for that connection. One read, of 64 KiB at most, may come on top.
 */
public record RelaySettings(Duration idle, int bufferBytes) {
  /** An hour, as Envoy has it, and as many bytes as one read. */
  public static final RelaySettings DEFAULTS = new RelaySettings(Duration.ofHours(1), 65_536);

  public RelaySettings {
    if (idle.compareTo(Sweeper.PERIOD) < 0) {
      throw new IllegalArgumentException("tcp.idle: " + idle + " is below " + Sweeper.PERIOD);
    }
    if (bufferBytes < 1_024) {
      throw new IllegalArgumentException("tcp.bufferBytes: " + bufferBytes + " is below 1024");
    }
  }
}
