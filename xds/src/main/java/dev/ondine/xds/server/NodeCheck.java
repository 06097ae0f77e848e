package dev.ondine.xds.server;

import dev.ondine.xds.codec.Node;
import dev.ondine.xds.transport.CallPeer;
import java.util.Optional;

/** Whether a client is the node that it says it is. */
@FunctionalInterface
public interface NodeCheck {
  /** Believes all: where nobody has an identity. */
  NodeCheck NONE = (_, _) -> Optional.empty();

  /** Why it is not; empty where it may be. */
  Optional<String> refusal(Node node, CallPeer peer);
}
