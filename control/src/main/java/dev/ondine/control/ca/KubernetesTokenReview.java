package dev.ondine.control.ca;

import dev.ondine.model.Identity;

/**
 * A token of Kubernetes is shown to the API server, which says whose it is, for which audience, and
 * whether its pod still exists.
 */
public interface KubernetesTokenReview {
  /**
   * Whom the token proves.
   *
   * @param audience the token must be made for; a token for another is refused
   */
  Identity review(String token, String audience) throws RefusedException;

  /** Without a cluster: every token is refused. */
  static KubernetesTokenReview none() {
    return (_, _) -> {
      throw new RefusedException(
          Refusal.UNSUPPORTED,
          "service account tokens of Kubernetes are not reviewed by this control plane (allowed: a"
              + " join token, a client certificate, the Unix socket)");
    };
  }
}
