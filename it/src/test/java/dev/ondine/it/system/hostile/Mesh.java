package dev.ondine.it.system.hostile;

import dev.ondine.testkit.http1.RecordingOrigin;

/**
 * The sidecars that the cases go through.
 *
 * @param outbound the port at which a workload calls {@link #HOST}
 * @param inbound the port of a sidecar before the origin
 * @param origin the workload behind both
 */
public record Mesh(int outbound, int inbound, RecordingOrigin origin) {
  /** The service whose workload the origin is. */
  public static final String SERVICE = "hostile";

  /** Its authority. */
  public static final String HOST = SERVICE + ".default.mesh";

  int port(Direction direction) {
    return switch (direction) {
      case OUTBOUND -> outbound;
      case INBOUND -> inbound;
    };
  }
}
