package dev.ondine.proxy.detect;

import java.time.Duration;
import java.util.Set;

/**
 * How long a connection may be silent before it counts as opaque, and where not to wait at all.
 *
 * <p>A server that speaks first leaves the client silent; without a bound both would wait for ever.
 *
 * @param timeout after this time without a decision the connection is opaque
 * @param serverFirstPorts destination ports whose protocols let the server begin: opaque at once
 */
public record DetectionSettings(Duration timeout, Set<Integer> serverFirstPorts) {
  /** FTP, SSH, SMTP (two ports), POP3, IMAP, MySQL. */
  public static final Set<Integer> SERVER_FIRST_PORTS = Set.of(21, 22, 25, 587, 110, 143, 3306);

  /** Long enough for a client across a slow link, short enough for a person not to mind. */
  public static final Duration TIMEOUT = Duration.ofMillis(500);

  public DetectionSettings {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("detection timeout " + timeout + " is not positive");
    }
    serverFirstPorts = Set.copyOf(serverFirstPorts);
  }

  /** The settings that hold where nothing else is said. */
  public static DetectionSettings defaults() {
    return new DetectionSettings(TIMEOUT, SERVER_FIRST_PORTS);
  }
}
