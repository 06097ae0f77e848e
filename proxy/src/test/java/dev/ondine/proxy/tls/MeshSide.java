package dev.ondine.proxy.tls;

import dev.ondine.model.Identity;
import dev.ondine.model.TrustBundle;
import dev.ondine.testkit.tls.TestAuthority;
import dev.ondine.testkit.tls.TestAuthority.Issued;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Credentials of tests. */
public final class MeshSide {
  public static final Identity WEB = Identity.parse("spiffe://cluster.local/ns/shop/sa/web");
  public static final Identity ORDERS = Identity.parse("spiffe://cluster.local/ns/shop/sa/orders");

  private static final AtomicLong GENERATION = new AtomicLong();

  private MeshSide() {}

  /** What an authority issues for an identity of its own trust domain, which it alone is for. */
  public static MeshCredentials of(TestAuthority authority, Identity identity) {
    return of(authority, identity, authority.leaf(identity.spiffeId()).issue());
  }

  /** The same with a certificate of any kind. */
  public static MeshCredentials of(TestAuthority trusted, Identity identity, Issued shown) {
    return MeshCredentials.of(
        identity,
        new Credentials(shown.chain(), shown.key().getPrivate()),
        new TrustBundle(identity.trustDomain(), List.of(trusted.root()), 1),
        GENERATION.incrementAndGet());
  }
}
