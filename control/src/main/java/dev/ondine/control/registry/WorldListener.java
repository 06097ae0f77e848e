package dev.ondine.control.registry;

import java.util.Set;

/** Learns of each new world, in order, on the registry's own thread: must not block. */
@FunctionalInterface
public interface WorldListener {
  /**
   * A new world is published.
   *
   * @param changed the dependency keys of what differs from the world before: {@link
   *     ServiceKey#dependency}, {@link World#MESH_SETTINGS}, {@link World#discoveryDependency}
   */
  void changed(World world, Set<String> changed);
}
