package dev.ondine.control.policy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How the sidecars of a namespace, or of one of its services, discover names on demand. What each
 * setting bounds: docs/design/on-demand.md.
 *
 * @param service whose sidecars; empty: all of the namespace that no other policy names
 */
public record DiscoveryPolicy(Metadata metadata, Optional<String> service, Settings settings)
    implements Document {
  /** What to do with a name that is not known while control cannot be reached. */
  public enum OnUnknown {
    HOLD,
    PASSTHROUGH,
    DENY
  }

  /**
   * The settings.
   *
   * @param maxWait how long a request waits for its name while control can be reached
   * @param namesInFlight names asked for and not yet answered; more names queue
   * @param demandBurst names that may be asked for at once
   * @param demandPerSecond the rate of asking beyond that
   * @param heldRequestsPerName requests that may wait for one name
   * @param heldBytes request bytes that may wait in one sidecar
   * @param missingNames names remembered as missing
   * @param missingFor how long an unused missing name is remembered
   * @param warmNames names that may be warm
   * @param idleAfter when an unused name is forgotten
   */
  public record Settings(
      Duration maxWait,
      int namesInFlight,
      int demandBurst,
      int demandPerSecond,
      int heldRequestsPerName,
      long heldBytes,
      int missingNames,
      Duration missingFor,
      boolean revealDenied,
      int warmNames,
      Duration idleAfter,
      OnUnknown onUnknown) {
    /** What holds where no policy says otherwise. */
    public static final Settings DEFAULT =
        new Settings(
            Duration.ofSeconds(2),
            1_024,
            1_024,
            300,
            1_024,
            16L << 20,
            4_096,
            Duration.ofMinutes(10),
            true,
            1_024,
            Duration.ofMinutes(5),
            OnUnknown.HOLD);
  }

  /** What holds in a namespace without a policy. */
  public static DiscoveryPolicy defaults(String namespace) {
    return new DiscoveryPolicy(
        new Metadata("default", namespace, Map.of()), Optional.empty(), Settings.DEFAULT);
  }
}
