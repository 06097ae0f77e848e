package dev.ondine.control.ca;

import dev.ondine.model.Identity;

/** One way to prove who asks. */
interface Attestor {
  /**
   * Proves that who asks is this identity.
   *
   * @throws RefusedException when it is not proved
   */
  Attested attest(Ask ask, Identity claimed) throws RefusedException;
}
