package dev.ondine.proxy;

import static java.util.Objects.requireNonNull;

import dev.ondine.model.InboundSecurity;
import dev.ondine.proxy.tls.IdentitySource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a sidecar has of the mesh's security.
 *
 * @param identity what it proves itself by
 * @param inbound what it demands of callers; asked on event loops, for each connection and request:
 *     must not wait
 */
public record MeshSecurity(IdentitySource identity, Supplier<InboundSecurity> inbound) {
  /** Nothing is proven, and nothing demanded. */
  public static final MeshSecurity NONE =
      new MeshSecurity(Optional::empty, () -> InboundSecurity.DISABLED);

  public MeshSecurity {
    requireNonNull(identity, "identity");
    requireNonNull(inbound, "inbound");
  }
}
