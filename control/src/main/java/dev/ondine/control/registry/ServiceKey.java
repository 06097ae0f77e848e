package dev.ondine.control.registry;

import java.util.Optional;

/** Which service: unique in the mesh. */
public record ServiceKey(String namespace, String name) implements Comparable<ServiceKey> {
  /** The key that announces changes of this service, its workloads and its policies. */
  public String dependency() {
    return "service/" + namespace + "/" + name;
  }

  /** The service whose {@link #dependency()} this is; empty for keys of something else. */
  public static Optional<ServiceKey> ofDependency(String key) {
    var parts = key.split("/", -1);
    return parts.length == 3 && parts[0].equals("service")
        ? Optional.of(new ServiceKey(parts[1], parts[2]))
        : Optional.empty();
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
