package dev.ondine.proxy;

import dev.ondine.model.AppProtocol;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.tls.Inside;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import java.util.function.Function;

/**
 * Serves what is inside TLS: by the protocol that the handshake has agreed on, otherwise as if it
 * had come in the clear.
 *
 * @param protocol what is said of the workload's port
 */
record InsideTls(
    Function<ConnectionInfo, AppProtocol> protocol, HttpTraffic http, Acceptor otherwise)
    implements Acceptor {
  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    by(info).accept(connection, info);
  }

  private Acceptor by(ConnectionInfo info) {
    var agreed = info.tls().flatMap(ConnectionInfo.Tls::application).orElse("");
    if (protocol.apply(info) == AppProtocol.TCP) {
      return otherwise; // it is the workload's to understand, whatever it is called
    }
    return Inside.of(agreed)
        .map(
            inside ->
                switch (inside) {
                  case HTTP2 -> http.http2();
                  case HTTP1 -> http.http1();
                  case TCP -> otherwise;
                })
        .orElse(otherwise);
  }
}
