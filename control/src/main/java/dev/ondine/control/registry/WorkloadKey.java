package dev.ondine.control.registry;

/** Which workload: its instance name is unique in its namespace. */
public record WorkloadKey(String namespace, String name) implements Comparable<WorkloadKey> {
  @Override
  public int compareTo(WorkloadKey other) {
    var byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  /** {@code orders-0.shop}. */
  @Override
  public String toString() {
    return name + "." + namespace;
  }
}
