package dev.ondine.it.system.wrap;

/**
 * A sidecar's access log has a request.
 *
 * @param workload whose sidecar
 * @param direction {@code inbound} or {@code outbound}
 */
record Sighting(String workload, String direction) implements Comparable<Sighting> {
  static Sighting out(Wrapped workload) {
    return new Sighting(workload.name(), "outbound");
  }

  static Sighting in(Wrapped workload) {
    return new Sighting(workload.name(), "inbound");
  }

  @Override
  public int compareTo(Sighting other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return workload + " " + (direction.equals("inbound") ? "in" : "out");
  }
}
