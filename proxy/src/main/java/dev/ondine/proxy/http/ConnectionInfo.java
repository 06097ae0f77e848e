package dev.ondine.proxy.http;

import static java.util.Objects.requireNonNull;

import dev.ondine.model.Identity;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

/**
 * What is known of a connection that was accepted.
 *
 * @param peer who connected
 * @param local where it was accepted
 * @param originalDestination where the peer meant to go, when its connection was redirected here
 * @param peerIdentity who the peer has proven to be
 */
public record ConnectionInfo(
    Direction direction,
    SocketAddress peer,
    SocketAddress local,
    Optional<InetSocketAddress> originalDestination,
    Optional<Identity> peerIdentity) {

  /** Which way traffic goes, seen from the workload. */
  public enum Direction {
    INBOUND,
    OUTBOUND
  }

  public ConnectionInfo {
    requireNonNull(direction, "direction");
    requireNonNull(peer, "peer");
    requireNonNull(local, "local");
    requireNonNull(originalDestination, "originalDestination");
    requireNonNull(peerIdentity, "peerIdentity");
  }

  /** The same with another peer, for which this one speaks. */
  public ConnectionInfo withPeer(SocketAddress peer) {
    return new ConnectionInfo(direction, peer, local, originalDestination, peerIdentity);
  }
}
