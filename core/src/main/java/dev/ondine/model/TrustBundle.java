package dev.ondine.model;

import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;

/**
 * The roots that may issue for one trust domain (SPIFFE Trust Domain and Bundle, section 4).
 *
 * <p>Bundles are compared as sets: the order in which roots come says nothing.
 *
 * @param roots at least one
 * @param sequence grows with each change; 0 where it is unknown. No part of a comparison.
 */
public record TrustBundle(String trustDomain, List<X509Certificate> roots, long sequence) {
  public TrustBundle {
    Identity.trustDomain(trustDomain);
    roots = List.copyOf(roots);
    if (roots.isEmpty()) {
      throw new InvalidResourceException(
          "trustBundle " + trustDomain + ".roots", "is empty: nobody could be trusted");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TrustBundle bundle
        && trustDomain.equals(bundle.trustDomain)
        && new HashSet<>(roots).equals(new HashSet<>(bundle.roots));
  }

  @Override
  public int hashCode() {
    return trustDomain.hashCode() ^ new HashSet<>(roots).hashCode();
  }

  @Override
  public String toString() {
    return "bundle of " + trustDomain + ": " + roots.size() + " roots, sequence " + sequence;
  }
}
