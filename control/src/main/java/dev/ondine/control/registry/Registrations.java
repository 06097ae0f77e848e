package dev.ondine.control.registry;

import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.IpLiterals;
import dev.ondine.control.policy.Kind;
import dev.ondine.control.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Changes of registered workloads, checked against what is in force. */
final class Registrations {
  /** A lease that was taken to be alive is over: try again with a new one. */
  static final class LeaseOverException extends StoreException {
    private static final long serialVersionUID = 1L;

    LeaseOverException(WorkloadKey key) {
      super("the lease of " + key + " ended while it was renewed");
    }
  }

  private final Draft draft;
  private final Duration ttl;

  Registrations(Draft draft, Duration ttl) {
    this.draft = draft;
    this.ttl = ttl;
  }

  /** Refuses what can never be registered, whatever is in force. */
  static void check(Registration registration) {
    var address = registration.workload().address();
    if (!IpLiterals.isOne(address)) {
      throw new RegistrationRefusedException(
          "address '" + address + "' is not an IP address, such as 10.1.2.3 or fd00::1");
    }
  }

  /**
   * Registers or changes it; the lease that it now has.
   *
   * @param lease to be used unless it has one; 0 for none
   */
  long register(Registration registration, long lease) {
    var key = registration.key();
    var held = draft.registration(key);
    held.ifPresent(kept -> refuseOtherAddress(registration, kept.value()));
    refuseDescribed(key);
    var taken = held.map(Kept::lease).orElse(lease);
    if (taken == 0) {
      throw new LeaseOverException(key);
    }
    if (held.isEmpty() || !held.get().value().equals(registration)) {
      draft.put(registration, taken);
      try {
        draft.settle(
            held.map(kept -> Set.copyOf(List.of(kept.value().service(), registration.service())))
                .orElse(Set.of(registration.service())));
      } catch (VirtualIps.ExhaustedException e) {
        throw new RegistrationRefusedException(String.valueOf(e.getMessage()));
      }
    }
    return taken;
  }

  private void refuseOtherAddress(Registration registration, Registration holder) {
    var address = holder.workload().address();
    if (!address.equals(registration.workload().address())) {
      throw new RegistrationRefusedException(
          "the name "
              + registration.key()
              + " is taken: a workload of service "
              + holder.service()
              + " at "
              + address
              + " holds it with a live lease; choose another instance name, or wait until that"
              + " workload has been silent for "
              + ttl.toSeconds()
              + " s");
    }
  }

  private void refuseDescribed(WorkloadKey key) {
    draft
        .document(new DocumentKey(Kind.WORKLOAD, key.namespace(), key.name()))
        .ifPresent(
            stored -> {
              throw new RegistrationRefusedException(
                  "the name "
                      + key
                      + " is taken: document "
                      + stored.document().key()
                      + ", "
                      + DocumentChanges.describe(stored.owner())
                      + ", describes a workload of this name; choose another instance name or"
                      + " delete the document");
            });
  }

  /** Removes it; false when there is none. */
  boolean deregister(WorkloadKey key) {
    var held = draft.registration(key);
    held.ifPresent(
        kept -> {
          draft.remove(key);
          draft.settle(Set.of(kept.value().service()));
        });
    return held.isPresent();
  }
}
