package dev.ondine.control.registry;

/** Which service: unique in the mesh. */
public record ServiceKey(String namespace, String name) implements Comparable<ServiceKey> {
  /** The key that announces changes of this service, its workloads and its policies. */
  public String dependency() {
    return "service/" + namespace + "/" + name;
  }

  @Override
  public int compareTo(ServiceKey other) {
    var byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  /** {@code orders.shop}. */
  @Override
  public String toString() {
    return name + "." + namespace;
  }
}
