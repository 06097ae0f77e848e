package dev.ondine.model;

import static java.util.Objects.requireNonNull;

/**
 * One address that serves a cluster.
 *
 * @param host an IP address, or a host name for clusters outside the mesh
 * @param port 1 to 65535
 * @param workload the instance's name, {@code orders-0}; empty where unknown
 * @param sidecar whether an Ondine sidecar answers in front of the workload
 * @param mtls whether it takes mutual TLS; in the clear otherwise
 * @param weight relative share of load, 1 or more
 */
public record Endpoint(
    String host,
    int port,
    String workload,
    boolean sidecar,
    boolean mtls,
    Health health,
    int weight,
    Locality locality) {

  /** What discovery says of an endpoint. */
  public enum Health {
    HEALTHY,
    /** Lame-duck: finishes what it has, takes nothing new while others are healthy. */
    DRAINING,
    UNHEALTHY
  }

  public Endpoint {
    requireNonNull(health, "health");
    requireNonNull(locality, "locality");
    if (host.isBlank()) {
      throw new InvalidResourceException("endpoint.host", "is blank");
    }
    Names.port("endpoint.port", port);
    if (weight < 1) {
      throw new InvalidResourceException("endpoint.weight", weight + " is below 1");
    }
  }

  /** A healthy endpoint with default weight, of no known workload or place. */
  public static Endpoint of(String host, int port) {
    return new Endpoint(host, port, "", false, false, Health.HEALTHY, 1, Locality.UNKNOWN);
  }

  /** {@code host:port}, IPv6 in brackets. */
  public String authority() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
