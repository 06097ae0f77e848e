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
 * @param tls how it is encrypted; empty: in the clear
 */
public record ConnectionInfo(
    Direction direction,
    SocketAddress peer,
    SocketAddress local,
    Optional<InetSocketAddress> originalDestination,
    Optional<Identity> peerIdentity,
    Optional<Tls> tls) {

  /** Which way traffic goes, seen from the workload. */
  public enum Direction {
    INBOUND,
    OUTBOUND
  }

  /**
   * What both sides agreed on in the handshake.
   *
   * @param version such as {@code TLSv1.3}
   * @param application the protocol inside, as ALPN names it; empty: none was agreed on
   * @param forwardedCert the value of {@code x-forwarded-client-cert} that says what the peer has
   *     proven; empty: nothing
   */
  public record Tls(String version, Optional<String> application, Optional<String> forwardedCert) {
    public Tls {
      requireNonNull(version, "version");
      requireNonNull(application, "application");
      requireNonNull(forwardedCert, "forwardedCert");
    }

    /** With a peer that proved nothing. */
    public Tls(String version, Optional<String> application) {
      this(version, application, Optional.empty());
    }
  }

  public ConnectionInfo {
    requireNonNull(direction, "direction");
    requireNonNull(peer, "peer");
    requireNonNull(local, "local");
    requireNonNull(originalDestination, "originalDestination");
    requireNonNull(peerIdentity, "peerIdentity");
    requireNonNull(tls, "tls");
  }

  /** A connection in the clear. */
  public ConnectionInfo(
      Direction direction,
      SocketAddress peer,
      SocketAddress local,
      Optional<InetSocketAddress> originalDestination,
      Optional<Identity> peerIdentity) {
    this(direction, peer, local, originalDestination, peerIdentity, Optional.empty());
  }

  /** The same connection after a handshake. */
  public ConnectionInfo within(Tls tls) {
    return new ConnectionInfo(
        direction, peer, local, originalDestination, peerIdentity, Optional.of(tls));
  }

  /** The same connection after a handshake in which the peer has proven who it is. */
  public ConnectionInfo proven(Identity identity, Tls tls) {
    return new ConnectionInfo(
        direction, peer, local, originalDestination, Optional.of(identity), Optional.of(tls));
  }

  /**
   * The scheme of requests that come by it: {@code https} or {@code http}. What secures the way
   * between two sidecars is no part of it: neither workload knows.
   */
  public String scheme() {
    return tls.isPresent() && peerIdentity.isEmpty() ? "https" : "http";
  }

  /** The same with another peer, for which this one speaks. */
  public ConnectionInfo withPeer(SocketAddress peer) {
    return new ConnectionInfo(direction, peer, local, originalDestination, peerIdentity);
  }
}
