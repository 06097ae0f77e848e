package dev.ondine.proxy.identity;

import dev.ondine.proxy.grpcclient.SigningChannel;
import java.io.IOException;
import java.util.Optional;

/** One way to prove to control who the workload is. Confined to the identity's scheduler. */
public interface Attestation {
  /** For the log: {@code the socket /run/ondine/identity.sock}. */
  String name();

  /** Whether it is worth a try now. */
  boolean isPossible();

  /** What goes with the request; empty: the channel itself is the proof. */
  Optional<String> joinToken() throws IOException;

  /**
   * A channel to control, which the caller closes.
   *
   * @throws IOException saying why there is none
   */
  SigningChannel open() throws IOException;

  /** It has worked: a proof that can be used once is spent. */
  void succeeded();
}
