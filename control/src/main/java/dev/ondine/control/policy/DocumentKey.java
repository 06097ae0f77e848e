package dev.ondine.control.policy;

import static java.util.Objects.requireNonNull;

/**
 * Which document: unique in the mesh.
 *
 * @param namespace empty for kinds without one
 */
public record DocumentKey(Kind kind, String namespace, String name)
    implements Comparable<DocumentKey> {
  public DocumentKey {
    requireNonNull(kind, "kind");
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
  }

  @Override
  public int compareTo(DocumentKey other) {
    return toString().compareTo(other.toString());
  }

  /** {@code Service/shop/orders}, {@code MeshSettings/mesh}. */
  @Override
  public String toString() {
    return kind.namespaced()
        ? kind.text() + "/" + namespace + "/" + name
        : kind.text() + "/" + name;
  }
}
