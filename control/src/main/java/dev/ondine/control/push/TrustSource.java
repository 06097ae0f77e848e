package dev.ondine.control.push;

import dev.ondine.model.TrustBundles;

/** Whom the mesh trusts now. Its changes are announced by {@link #DEPENDENCY}. */
@FunctionalInterface
public interface TrustSource {
  /** What secrets depend on, among the keys by which changes are announced. */
  String DEPENDENCY = "trust";

  /** Nobody has an identity. */
  TrustSource NONE = () -> TrustBundles.NONE;

  /** The bundles of the mesh's own trust domain and of those it is federated with; quick. */
  TrustBundles bundles();
}
