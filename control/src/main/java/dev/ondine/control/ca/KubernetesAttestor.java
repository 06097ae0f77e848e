package dev.ondine.control.ca;

import dev.ondine.model.Identity;

/** A projected token of Kubernetes, once there is somebody who reviews it. */
final class KubernetesAttestor implements Attestor {
  static final String NAME = "kubernetes";

  private final KubernetesTokenReview review;

  KubernetesAttestor(KubernetesTokenReview review) {
    this.review = review;
  }

  @Override
  public Attested attest(Ask ask, Identity claimed) throws RefusedException {
    if (!(ask.proof() instanceof Ask.Proof.ServiceAccountToken token)) {
      throw new IllegalArgumentException("no service account token");
    }
    // Made for us, not for just anybody's API.
    var proved = review.review(token.text(), claimed.trustDomain());
    if (!proved.equals(claimed)) {
      throw new RefusedException(
          Refusal.OTHER_IDENTITY, "the token is of " + proved + " and does not prove " + claimed);
    }
    return Attested.of(claimed, NAME);
  }
}
