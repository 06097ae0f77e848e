package dev.ondine.proxy.tls;

import static java.util.Objects.requireNonNull;

import dev.ondine.model.Endpoint;
import dev.ondine.model.Identity;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.Loop;
import dev.ondine.proxy.transport.TcpConnector;
import java.util.Optional;
import java.util.Set;

/**
 * How the connections between sidecars are secured, and how each side proves who it is. Shared by
 * all loops; its methods are called on the loop of the connection.
 */
public interface TransportSecurity extends AutoCloseable {
  /** Who has to be at the other end of a connection that is made. */
  sealed interface Expected {
    /** Anybody: nothing is proven, and everybody can read it. */
    Expected PLAINTEXT = new Plaintext();

    /** See {@link #PLAINTEXT}. */
    record Plaintext() implements Expected {}

    /**
     * One of these, by mutual TLS.
     *
     * @param inside what is spoken then
     */
    record OneOf(Set<Identity> identities, Inside inside) implements Expected {
      public OneOf {
        identities = Set.copyOf(identities);
        requireNonNull(inside, "inside");
        if (identities.isEmpty()) {
          throw new IllegalArgumentException("identities: are empty, so that nobody could answer");
        }
      }
    }

    /** It has to be secure, but nobody may answer: there is no such connection. */
    record Nobody(String why) implements Expected {}
  }

  /** Who the workload of this sidecar is, if that can be proven now. */
  Optional<Identity> identity();

  /**
   * Why there can be no such connection now; empty: there can be. Asked before anything is
   * connected, so that the first one is not kept waiting while what it takes is made.
   */
  default Optional<Failure> refuses(Loop loop, Expected expected) {
    return switch (expected) {
      case Expected.Plaintext _ -> Optional.empty();
      case Expected.OneOf _ ->
          identity().isPresent()
              ? Optional.empty()
              : Optional.of(
                  failed(TlsFailure.NO_IDENTITY, "this sidecar has no certificate it could show"));
      case Expected.Nobody(var why) -> Optional.of(failed(TlsFailure.NOBODY_EXPECTED, why));
    };
  }

  /** As an exchange or a relayed connection fails for want of security: nothing was sent. */
  static Failure failed(TlsFailure failure, String detail) {
    return Failure.notSent(Reason.TLS_FAILED, failure.text() + ": " + detail);
  }

  /**
   * Secures a connection that was made to an endpoint, before a byte is sent on it.
   *
   * @param attempt told of the connection once it is secure, or why it is not
   */
  void secure(
      Connection connection, Endpoint endpoint, Expected expected, TcpConnector.Attempt attempt);

  /**
   * Serves accepted connections that begin with a ClientHello; empty: they are not meant for this
   * sidecar, and pass as they are.
   *
   * @param inside serves what is inside; the connection's information then says what the handshake
   *     has found out
   */
  Optional<Acceptor> accepting(Acceptor inside);

  /** Frees what it holds. To be called after the loops have ended. */
  @Override
  void close();
}
