package dev.ondine.control.ca;

import dev.ondine.model.Identity;

/** The certificate that a workload has is proof for the next one of the same identity. */
final class RenewalAttestor implements Attestor {
  static final String NAME = "renewal";

  @Override
  public Attested attest(Ask ask, Identity claimed) throws RefusedException {
    var known =
        ask.caller()
            .certificate()
            .orElseThrow(
                () ->
                    new RefusedException(
                        Refusal.UNATTESTED,
                        "nothing proves who asks (allowed: a join token, a client certificate of"
                            + " this trust domain, or the Unix socket)"));
    if (!known.equals(claimed)) {
      throw new RefusedException(
          Refusal.OTHER_IDENTITY,
          "the client certificate is of " + known + " and does not prove " + claimed);
    }
    return Attested.of(claimed, NAME);
  }
}
