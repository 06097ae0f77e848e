package dev.ondine.control.policy;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;

/**
 * Which document: unique in the mesh.
 *
 * @param namespace empty for kinds without one
 */
public record DocumentKey(Kind kind, String namespace, String name)
    implements Comparable<DocumentKey> {
  private static final Comparator<DocumentKey> BY_TEXT =
      Comparator.comparing((DocumentKey key) -> key.kind.text())
          .thenComparing(DocumentKey::namespace)
          .thenComparing(DocumentKey::name);

  public DocumentKey {
    requireNonNull(kind, "kind");
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
  }

  @Override
  public int compareTo(DocumentKey other) {
    return BY_TEXT.compare(this, other);
  }

  /** {@code Service/shop/orders}, {@code MeshSettings/mesh}. */
  @Override
  public String toString() {
    return kind.namespaced()
        ? kind.text() + "/" + namespace + "/" + name
        : kind.text() + "/" + name;
  }
}
