package dev.ondine.control.ca;

import dev.ondine.model.Identity;
import java.security.cert.X509Certificate;
import java.util.List;

/** What makes a workload's certificate for a request that was checked. */
interface Signer {
  /**
   * The chain, the leaf first, without the root.
   *
   * @throws RefusedException when it cannot sign now
   */
  List<X509Certificate> sign(SigningRequest request, Identity identity) throws RefusedException;
}
