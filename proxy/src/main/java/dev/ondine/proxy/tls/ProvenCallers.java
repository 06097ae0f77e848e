package dev.ondine.proxy.tls;

import dev.ondine.model.Identity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Who came by mutual TLS, and how often. Shared by all loops. */
public final class ProvenCallers {
  private static final String OTHERS = "others";

  // Empty stands for those that are not told apart.
  private final SeenCounts<Optional<Identity>> counts;

  /**
   * One of them.
   *
   * @param identity its SPIFFE ID, or {@code others} for all that are not told apart
   * @param requests where it speaks HTTP
   */
  public record Caller(String identity, long connections, long requests, Instant lastSeen) {}

  /** Nobody was seen yet. */
  public ProvenCallers(InstantSource clock) {
    counts = new SeenCounts<>(clock, _ -> Optional.empty());
  }

  /** A connection came. */
  public void connected(Optional<Identity> peer) {
    counts.connected(peer);
  }

  /** A request came. */
  public void requested(Optional<Identity> peer) {
    counts.requested(peer);
  }

  /** All of them, who was seen last first. On any thread. */
  public List<Caller> all() {
    return counts.all(
        (peer, connections, requests, seen) ->
            new Caller(peer.map(Identity::spiffeId).orElse(OTHERS), connections, requests, seen));
  }
}
