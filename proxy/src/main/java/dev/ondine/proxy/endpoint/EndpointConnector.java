package dev.ondine.proxy.endpoint;

import static java.util.Objects.requireNonNull;

import dev.ondine.model.Bundle;
import dev.ondine.model.Endpoint;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.tls.Inside;
import dev.ondine.proxy.tls.TransportSecurity;
import dev.ondine.proxy.tls.TransportSecurity.Expected;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.Loop;
import dev.ondine.proxy.transport.TcpConnector;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to endpoints: TCP, then what secures it.
 *
 * @param expected who has to be at the other end, and what is spoken
 */
public record EndpointConnector(TcpConnector tcp, TransportSecurity security, Expected expected) {
  public EndpointConnector {
    requireNonNull(tcp, "tcp");
    requireNonNull(security, "security");
    requireNonNull(expected, "expected");
  }

  /** A connector whose connections are in the clear until {@link #towards} says otherwise. */
  public EndpointConnector(TcpConnector tcp, TransportSecurity security) {
    this(tcp, security, Expected.PLAINTEXT);
  }

  /** This connector for connections that are relayed as they are: {@link TcpConnector#forRelay}. */
  public EndpointConnector forRelay() {
    return new EndpointConnector(tcp.forRelay(), security, expected);
  }

  /** This connector for names that may not lead everywhere: {@link TcpConnector#guarded}. */
  public EndpointConnector guarded(TcpConnector.Guard guard) {
    return new EndpointConnector(tcp.guarded(guard), security, expected);
  }

  /** This connector for those who may answer there. */
  public EndpointConnector towards(Expected others) {
    return new EndpointConnector(tcp, security, others);
  }

  /**
   * This connector for an endpoint of a cluster.
   *
   * @param target null: the endpoint lies outside the mesh
   */
  public EndpointConnector towards(
      Bundle.@Nullable Target target, Endpoint endpoint, Inside inside) {
    return towards(expected(target, endpoint, inside));
  }

  static Expected expected(Bundle.@Nullable Target target, Endpoint endpoint, Inside inside) {
    if (target == null || !endpoint.mtls()) {
      return Expected.PLAINTEXT;
    }
    try {
      return new Expected.OneOf(target.expected(endpoint), inside);
    } catch (InvalidResourceException e) {
      return new Expected.Nobody(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Connects.
   *
   * @param timeout for connecting, after a look-up of the endpoint's name
   */
  public void connect(
      Loop loop, Endpoint endpoint, Duration timeout, TcpConnector.Attempt attempt) {
    var refused = security.refuses(loop, expected);
    if (refused.isPresent()) {
      attempt.failed(refused.get());
      return;
    }
    tcp.connect(
        loop,
        endpoint.host(),
        endpoint.port(),
        timeout,
        new TcpConnector.Attempt() {
          @Override
          public void connected(Connection connection) {
            security.secure(connection, endpoint, expected, attempt);
          }

          @Override
          public void failed(Failure failure) {
            attempt.failed(failure);
          }
        });
  }
}
