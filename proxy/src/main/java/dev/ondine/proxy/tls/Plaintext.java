package dev.ondine.proxy.tls;

import dev.ondine.model.Endpoint;
import dev.ondine.model.Identity;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.TcpConnector;
import java.util.Optional;

/** No security: bytes go as they are, and nobody proves anything. */
public final class Plaintext implements TransportSecurity {
  @Override
  public Optional<Identity> identity() {
    return Optional.empty();
  }

  @Override
  public void close() {}

  @Override
  public void secure(
      Connection connection, Endpoint endpoint, Expected expected, TcpConnector.Attempt attempt) {
    switch (expected) {
      case Expected.Plaintext _ -> attempt.connected(connection);
      case Expected.OneOf _, Expected.Nobody _ -> {
        connection.close();
        attempt.failed(
            TransportSecurity.failed(TlsFailure.NO_IDENTITY, "this sidecar speaks no mutual TLS"));
      }
    }
  }

  @Override
  public Optional<Acceptor> accepting(Acceptor inside) {
    return Optional.empty();
  }
}
