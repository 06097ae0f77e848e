package dev.ondine.model;

import java.util.Map;
import java.util.Optional;

/**
 * The bundles of the trust domains that are known here: the own one and those it is federated with.
 *
 * @param byDomain by trust domain
 */
public record TrustBundles(Map<String, TrustBundle> byDomain) {
  /** Nobody is trusted. */
  public static final TrustBundles NONE = new TrustBundles(Map.of());

  public TrustBundles {
    byDomain = Map.copyOf(byDomain);
    byDomain.forEach(
        (domain, bundle) -> {
          if (!bundle.trustDomain().equals(domain)) {
            throw new InvalidResourceException(
                "trustBundles." + domain, "is the bundle of " + bundle.trustDomain());
          }
        });
  }

  /** The bundle of a trust domain. A name of this domain is proven by no other. */
  public Optional<TrustBundle> of(String trustDomain) {
    return Optional.ofNullable(byDomain.get(trustDomain));
  }
}
