package dev.ondine.proxy.tls;

import java.util.Optional;

/** Where the credentials of this sidecar come from. They may be replaced at any time. */
@FunctionalInterface
public interface IdentitySource {
  /**
   * What handshakes that begin now use; empty: who the workload is cannot be proven now. Called on
   * event loops, for each handshake: must not wait, and must take no lock.
   */
  Optional<MeshCredentials> current();
}
