package dev.ondine.proxy.tls;

import static java.util.Objects.requireNonNull;

import dev.ondine.model.Identity;
import dev.ondine.model.TrustBundle;
import java.util.Map;

/**
 * What this sidecar proves itself by to other sidecars, and what it believes of them. Immutable;
 * renewed credentials or another bundle are another value.
 *
 * @param bundles by trust domain; the own one and those of federated meshes
 * @param generation another one for each other value, so that what was made of it is made anew
 */
public record MeshCredentials(
    Identity identity, Credentials credentials, Map<String, TrustBundle> bundles, long generation) {
  public MeshCredentials {
    requireNonNull(identity, "identity");
    requireNonNull(credentials, "credentials");
    bundles = Map.copyOf(bundles);
    bundles.forEach(
        (domain, bundle) -> {
          if (!bundle.trustDomain().equals(domain)) {
            throw new IllegalArgumentException(
                "bundles: that of " + bundle.trustDomain() + " is given for " + domain);
          }
        });
    if (!bundles.containsKey(identity.trustDomain())) {
      throw new IllegalArgumentException(
          "bundles: none for the own trust domain " + identity.trustDomain());
    }
  }

  /** Those of one trust domain, which believe nobody of another. */
  public static MeshCredentials of(
      Identity identity, Credentials credentials, TrustBundle bundle, long generation) {
    return new MeshCredentials(
        identity, credentials, Map.of(bundle.trustDomain(), bundle), generation);
  }

  /** Whether both believe the same. */
  boolean trustsAs(MeshCredentials other) {
    return bundles.equals(other.bundles);
  }
}
