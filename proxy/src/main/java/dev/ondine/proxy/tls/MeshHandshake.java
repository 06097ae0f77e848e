package dev.ondine.proxy.tls;

import dev.ondine.model.Identity;
import dev.ondine.proxy.tls.PeerVerifier.Role;
import dev.ondine.proxy.tls.PeerVerifier.Verified;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One handshake: what its peer has to be, and what it has turned out to be. */
final class MeshHandshake {
  private final Role peer;
  private final Set<Identity> expected;
  private final PeerVerifier verifier;
  private final InstantSource clock;
  private @Nullable Verified verified;
  private @Nullable RefusedPeerException refused;

  /**
   * @param peer which role the other side has
   * @param expected empty: anybody who can prove to be somebody
   */
  MeshHandshake(Role peer, Set<Identity> expected, PeerVerifier verifier, InstantSource clock) {
    this.peer = peer;
    this.expected = expected;
    this.verifier = verifier;
    this.clock = clock;
  }

  /** What the peer shows. */
  Verified check(List<X509Certificate> presented) throws RefusedPeerException {
    try {
      var found = verifier.verify(presented, peer, clock.instant());
      if (!expected.isEmpty() && !expected.contains(found.identity())) {
        throw new RefusedPeerException(
            TlsFailure.WRONG_IDENTITY,
            found.identity() + " answers, where only " + expected + " may");
      }
      verified = found;
      return found;
    } catch (RefusedPeerException e) {
      refused = e;
      throw e;
    } catch (RuntimeException e) { // as certificates throw that cannot be read
      refused =
          new RefusedPeerException(
              TlsFailure.MALFORMED_CERTIFICATE, "its certificate cannot be read: " + e);
      throw refused;
    }
  }

  /** Who it is; null while nothing was shown, also where the library thought it need not be. */
  @Nullable Verified verified() {
    return verified;
  }

  @Nullable RefusedPeerException refused() {
    return refused;
  }
}
