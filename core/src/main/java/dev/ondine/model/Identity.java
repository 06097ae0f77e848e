package dev.ondine.model;

/**
 * Who a workload is: the parts of a SPIFFE ID {@code spiffe://TRUST-DOMAIN/ns/NS/sa/SA}, never
 * joined for matching.
 */
public record Identity(String trustDomain, String namespace, String serviceAccount) {
  public Identity {
    if (trustDomain.isBlank()) {
      throw new InvalidResourceException("identity.trustDomain", "is blank");
    }
    Names.label("identity.namespace", namespace);
    Names.label("identity.serviceAccount", serviceAccount);
  }

  /** The SPIFFE ID as a URI. */
  public String spiffeId() {
    return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
  }
}
