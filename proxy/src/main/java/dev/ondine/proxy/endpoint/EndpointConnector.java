package dev.ondine.proxy.endpoint;

import dev.ondine.model.Endpoint;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.tls.TransportSecurity;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.Loop;
import dev.ondine.proxy.transport.TcpConnector;
import java.time.Duration;

/** Makes connections to endpoints: TCP, then what secures it. */
public record EndpointConnector(TcpConnector tcp, TransportSecurity security) {
  /** This connector for connections that are relayed as they are: {@link TcpConnector#forRelay}. */
  public EndpointConnector forRelay() {
    return new EndpointConnector(tcp.forRelay(), security);
  }

  /** This connector for names that may not lead everywhere: {@link TcpConnector#guarded}. */
  public EndpointConnector guarded(TcpConnector.Guard guard) {
    return new EndpointConnector(tcp.guarded(guard), security);
  }

  /**
   * Connects.
   *
   * @param timeout for connecting, after a look-up of the endpoint's name
   */
  public void connect(
      Loop loop, Endpoint endpoint, Duration timeout, TcpConnector.Attempt attempt) {
    tcp.connect(
        loop,
        endpoint.host(),
        endpoint.port(),
        timeout,
        new TcpConnector.Attempt() {
          @Override
          public void connected(Connection connection) {
            security.secure(connection, endpoint, attempt);
          }

          @Override
          public void failed(Failure why) {
            attempt.failed(why);
          }
        });
  }
}
