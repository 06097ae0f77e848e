package dev.ondine.model;

/**
 * Where an endpoint runs; empty parts mean unknown. See Envoy's {@code config.core.v3.Locality}.
 */
public record Locality(String region, String zone, String subZone) {
  /** Nothing known. */
  public static final Locality UNKNOWN = new Locality("", "", "");
}
