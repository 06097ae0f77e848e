package dev.ondine.control.ca;

import dev.ondine.model.Identity;
import java.util.List;

/** The kernel says which user is at the other end of a Unix socket; a rule says who that may be. */
final class UnixAttestor implements Attestor {
  static final String NAME = "unix";

  private final List<LocalIdentity> rules;

  UnixAttestor(List<LocalIdentity> rules) {
    this.rules = List.copyOf(rules);
  }

  @Override
  public Attested attest(Ask ask, Identity claimed) throws RefusedException {
    var uid = ask.caller().uid().orElseThrow();
    if (rules.stream().noneMatch(rule -> rule.allows(uid, claimed))) {
      throw new RefusedException(
          Refusal.OTHER_IDENTITY,
          "uid "
              + uid
              + " may not be "
              + claimed
              + " (allowed by control's --local-identity UID=NAMESPACE/SERVICE-ACCOUNT)");
    }
    return Attested.of(claimed, NAME);
  }
}
