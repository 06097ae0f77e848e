package dev.ondine.proxy.tls;

import dev.ondine.model.Endpoint;
import dev.ondine.model.Identity;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.TcpConnector;
import java.util.Optional;

/**
 * How the connections between sidecars are secured, and how each side proves who it is. Shared by
 * all loops; its methods are called on the loop of the connection.
 */
public interface TransportSecurity extends AutoCloseable {
  /** Who the workload of this sidecar is, if that can be proven now. */
  Optional<Identity> identity();

  /**
   * Secures a connection that was made to an endpoint, before a byte is sent on it. Endpoints
   * without a sidecar take no part.
   *
   * @param attempt told of the connection once it is secure, or why it is not
   */
  void secure(Connection connection, Endpoint endpoint, TcpConnector.Attempt attempt);

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
