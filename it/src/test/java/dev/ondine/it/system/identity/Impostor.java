package dev.ondine.it.system.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ondine.testkit.tls.TestAuthority.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A server that speaks like a sidecar and shows one certificate; it counts what it is told inside.
 */
final class Impostor implements AutoCloseable {
  /** By it a sidecar says that it has taken its client. */
  private static final int TAKEN = 1;

  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello".getBytes(ISO_8859_1);

  private final SSLServerSocket server;
  private final AtomicLong bytes = new AtomicLong();

  private Impostor(SSLServerSocket server) {
    this.server = server;
  }

  static Impostor showing(Issued issued) throws IOException, GeneralSecurityException {
    var factory = Shown.context(Optional.of(issued)).getServerSocketFactory();
    var server =
        (SSLServerSocket) factory.createServerSocket(0, 16, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    var parameters = server.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"ondine/http/1.1"});
    server.setSSLParameters(parameters);
    var impostor = new Impostor(server);
    Thread.ofVirtual().start(impostor::serve);
    return impostor;
  }

  int port() {
    return server.getLocalPort();
  }

  /** What came inside TLS. */
  long bytes() {
    return bytes.get();
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        var socket = (SSLSocket) server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void serve(SSLSocket socket) {
    try (socket) {
      socket.startHandshake();
      socket.getOutputStream().write(TAKEN);
      socket.getOutputStream().flush();
      var in = socket.getInputStream();
      for (var state = 0; state < 4; ) {
        var next = in.read();
        if (next < 0) {
          return;
        }
        bytes.incrementAndGet();
        state = next == "\r\n\r\n".charAt(state) ? state + 1 : next == '\r' ? 1 : 0;
      }
      socket.getOutputStream().write(ANSWER);
      socket.getOutputStream().flush();
    } catch (IOException _) {
      // refused, as it should be; what came before is counted
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
