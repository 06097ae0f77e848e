package dev.ondine.control.ca;

import dev.ondine.control.store.Compare;
import dev.ondine.control.store.Op;
import dev.ondine.model.Identity;
import java.util.List;

/**
 * An identity that was proved, and what the proof costs: the conditions must hold and the changes
 * are made in the same transaction that records the certificate, so that a proof for a single use
 * is neither used twice nor lost to a failure.
 *
 * @param attestor of a fixed set, for metrics
 * @param whenLost says what it is when the conditions do not hold
 */
record Attested(
    Identity identity,
    String attestor,
    List<Compare> conditions,
    List<Op> operations,
    Lost whenLost) {

  /** Says what became of a proof that no longer holds. */
  @FunctionalInterface
  interface Lost {
    RefusedException why();
  }

  Attested {
    conditions = List.copyOf(conditions);
    operations = List.copyOf(operations);
  }

  /** One that costs nothing. */
  static Attested of(Identity identity, String attestor) {
    return new Attested(
        identity,
        attestor,
        List.of(),
        List.of(),
        () -> new RefusedException(Refusal.CANNOT_SIGN, "the store refused the issuance"));
  }

  RefusedException lost() {
    return whenLost.why();
  }
}
