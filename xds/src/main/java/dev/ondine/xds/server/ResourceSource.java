package dev.ondine.xds.server;

import dev.ondine.xds.codec.Node;
import dev.ondine.xds.codec.ResourceType;
import java.util.Set;

/**
 * Where the resources come from: a pure function of the published world and the node.
 *
 * <p>Called on the threads of many streams at once. It must be quick, must not block, and must
 * answer from the newest world that was published before the call.
 */
public interface ResourceSource {
  /**
   * What the node gets for a name. The answer's resource may carry another name when the name asked
   * for is among its aliases.
   */
  Answer lookup(Node node, ResourceType type, String name);

  /** The names that a wildcard subscription stands for. Asked for clusters and listeners only. */
  Set<String> all(Node node, ResourceType type);
}
