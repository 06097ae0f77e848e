package dev.ondine.xds.server;

/**
 * The bounds of the xDS server.
 *
 * @param maxStreams open at once; a further one is refused with RESOURCE_EXHAUSTED and comes back
 *     after its own back-off
 * @param maxSubscriptions names of one stream; a stream that wants more is closed with
 *     RESOURCE_EXHAUSTED
 * @param responseBytes resources of one delta response; more go into further responses
 */
public record AdsSettings(int maxStreams, int maxSubscriptions, int responseBytes) {
  /** Far above what a sidecar needs, and below the 4 MiB that gRPC clients take in one message. */
  public static final AdsSettings DEFAULTS = new AdsSettings(10_000, 100_000, 1 << 20);

  public AdsSettings {
    atLeastOne("maxStreams", maxStreams);
    atLeastOne("maxSubscriptions", maxSubscriptions);
    atLeastOne("responseBytes", responseBytes);
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("xds." + name + ": " + value + " is below 1");
    }
  }
}
