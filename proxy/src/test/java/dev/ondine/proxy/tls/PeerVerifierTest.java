package dev.ondine.proxy.tls;

import static dev.ondine.proxy.tls.MeshSide.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.model.TrustBundle;
import dev.ondine.proxy.tls.PeerVerifier.Role;
import dev.ondine.testkit.tls.TestAuthority;
import dev.ondine.testkit.tls.TestAuthority.Issued;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a handshake cannot show; the rest is in {@link MutualTlsTest}. */
class PeerVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  private final TestAuthority authority = TestAuthority.at(NOW);

  private static PeerVerifier believing(TestAuthority authority) {
    var domain = WEB.trustDomain();
    return new PeerVerifier(Map.of(domain, new TrustBundle(domain, List.of(authority.root()), 1)));
  }

  private static Issued web(TestAuthority authority) {
    return authority.leaf(WEB.spiffeId()).issue();
  }

  private static void refused(PeerVerifier verifier, Issued shown, Instant now, TlsFailure why) {
    assertThatThrownBy(() -> verifier.verify(shown.chain(), Role.CLIENT, now))
        .isInstanceOfSatisfying(
            RefusedPeerException.class, e -> assertThat(e.failure()).isEqualTo(why));
  }

  @Test
  void timeIsLookedAtEachTime() throws Exception {
    var verifier = believing(authority);
    var shown = web(authority);

    var verified = verifier.verify(shown.chain(), Role.CLIENT, NOW);

    assertThat(verified.identity()).isEqualTo(WEB);
    assertThat(verified.notAfter()).isEqualTo(NOW.plus(Duration.ofDays(1)));
    refused(verifier, shown, NOW.plus(Duration.ofHours(25)), TlsFailure.EXPIRED);
    refused(verifier, shown, NOW.minus(Duration.ofMinutes(11)), TlsFailure.NOT_YET_VALID);
    assertThat(verifier.verify(shown.chain(), Role.CLIENT, NOW)).isEqualTo(verified);
  }

  @Test
  void theRoleIsLookedAtEachTime() throws Exception {
    var verifier = believing(authority);
    var shown = authority.leaf(WEB.spiffeId()).serverOnly().issue();

    verifier.verify(shown.chain(), Role.SERVER, NOW);

    refused(verifier, shown, NOW, TlsFailure.WRONG_USAGE);
  }

  @Test
  void anIntermediateMayIssueWithinItsConstraintsOnly() throws Exception {
    var within = TestAuthority.constrainedTo(WEB.trustDomain(), NOW);
    var beyond = TestAuthority.constrainedTo("elsewhere.mesh", NOW);

    assertThat(believing(within).verify(web(within).chain(), Role.CLIENT, NOW).identity())
        .isEqualTo(WEB);
    refused(believing(beyond), web(beyond), NOW, TlsFailure.UNKNOWN_ISSUER);
  }

  @Test
  void keyThatMayNotSignIsRefused() {
    var shown = authority.leaf(WEB.spiffeId()).keyAgreementOnly().issue();

    refused(believing(authority), shown, NOW, TlsFailure.WRONG_USAGE);
  }

  @Test
  void theRootMayBeShown() throws Exception {
    var chain = new ArrayList<>(web(authority).chain());
    chain.add(authority.root());

    assertThat(believing(authority).verify(chain, Role.CLIENT, NOW).identity()).isEqualTo(WEB);
  }

  @Test
  void whoShowsNothingIsNobody() {
    assertThatThrownBy(() -> believing(authority).verify(List.of(), Role.CLIENT, NOW))
        .isInstanceOfSatisfying(
            RefusedPeerException.class,
            e -> assertThat(e.failure()).isEqualTo(TlsFailure.NO_CERTIFICATE));
  }
}
