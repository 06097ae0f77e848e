package dev.ondine.control.ca;

import dev.ondine.model.Identity;
import java.util.Optional;

/**
 * Who asks for a certificate, of whom, and what is to prove it.
 *
 * @param namespace of the workload, as it says
 * @param serviceAccount as it says
 */
public record Ask(String namespace, String serviceAccount, Proof proof, Caller caller) {
  /** What a workload shows. */
  public sealed interface Proof {
    /** A token for a single use. */
    record JoinToken(String text) implements Proof {
      @Override
      public String toString() {
        return "JoinToken"; // a secret
      }
    }

    /** A projected token of Kubernetes. */
    record ServiceAccountToken(String text) implements Proof {
      @Override
      public String toString() {
        return "ServiceAccountToken"; // a secret
      }
    }

    /** Nothing: the connection is to prove it. */
    record Connection() implements Proof {}
  }

  /**
   * What is known of the connection.
   *
   * @param certificate whom the verified client certificate names
   * @param uid of the process at the other end of a Unix socket
   * @param address for the audit log
   */
  public record Caller(Optional<Identity> certificate, Optional<Integer> uid, String address) {}
}
