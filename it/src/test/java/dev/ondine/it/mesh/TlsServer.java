package dev.ondine.it.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A workload over TLS, on the JDK's own implementation: reads to its client's end, then answers
 * with its name and what it read.
 */
final class TlsServer implements MeshHarness.Part {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final String name;
  private final SocketServer server;
  private final Queue<String> askedFor = new ConcurrentLinkedQueue<>();

  TlsServer(String name, SSLContext context) throws IOException {
    this.name = name;
    var listening =
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, MeshHarness.loopback(0).getAddress());
    server = new SocketServer(listening, socket -> serve((SSLSocket) socket));
  }

  /** Keys that serve and trust themselves, for any host. */
  static SSLContext keys(Path folder) throws IOException, GeneralSecurityException {
    var file = folder.resolve("keys.p12");
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD),
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test")
            .redirectErrorStream(true)
            .start();
    var said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    if (!Files.exists(file)) {
      throw new IOException("keytool: " + said);
    }
    var store = KeyStore.getInstance(file.toFile(), PASSWORD);
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  int port() {
    return server.port();
  }

  /** The server names of the connections so far. */
  Queue<String> askedFor() {
    return askedFor;
  }

  private void serve(SSLSocket socket) throws IOException {
    socket.startHandshake();
    var session = (ExtendedSSLSession) socket.getSession();
    askedFor.add(session.getRequestedServerNames().toString());
    var read = new String(socket.getInputStream().readAllBytes(), UTF_8);
    socket.getOutputStream().write((name + " read " + read).getBytes(UTF_8));
  }

  @Override
  public void close() {
    server.close();
  }
}
