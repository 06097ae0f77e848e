package dev.ondine.xds.server;

import static java.util.Objects.requireNonNull;

import java.util.Set;

/** What a {@link ResourceSource} says to a name, and on what that depends. */
public sealed interface Answer {
  /**
   * Keys of what the answer was made from, {@code service/NAMESPACE/NAME}: the answer stays the
   * same until {@link AdsServer#changed} names one of them.
   */
  Set<String> dependencies();

  /** There is such a resource. */
  record Found(EncodedResource resource, Set<String> dependencies) implements Answer {
    public Found {
      requireNonNull(resource, "resource");
      dependencies = Set.copyOf(dependencies);
    }
  }

  /** There is none; its later creation changes one of the dependencies. */
  record NotFound(Set<String> dependencies) implements Answer {
    public NotFound {
      dependencies = Set.copyOf(dependencies);
    }
  }

  /** There is one, and this node may not have it. */
  record Denied(String reason, Set<String> dependencies) implements Answer {
    public Denied {
      requireNonNull(reason, "reason");
      dependencies = Set.copyOf(dependencies);
    }
  }
}
