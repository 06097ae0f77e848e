package dev.ondine.it.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A workload over TLS, on the JDK's own implementation: reads to its client's end, then answers
 * with its name and what it read.
 */
final class TlsServer implements MeshHarness.Part {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final String name;
  private final SSLServerSocket listening;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<String> askedFor = new ConcurrentLinkedQueue<>();

  TlsServer(String name, SSLContext context) throws IOException {
    this.name = name;
    listening =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, MeshHarness.loopback(0).getAddress());
    threads.execute(this::accept);
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
    return listening.getLocalPort();
  }

  /** The server names of the connections so far. */
  Queue<String> askedFor() {
    return askedFor;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        var socket = (SSLSocket) listening.accept();
        threads.execute(() -> serve(socket));
      } catch (SocketException _) {
        return; // closed
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void serve(SSLSocket socket) {
    try (socket) {
      socket.startHandshake();
      var session = (ExtendedSSLSession) socket.getSession();
      askedFor.add(session.getRequestedServerNames().toString());
      var read = new String(socket.getInputStream().readAllBytes(), UTF_8);
      socket.getOutputStream().write((name + " read " + read).getBytes(UTF_8));
    } catch (IOException _) {
      // a readiness check, or a client that left
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
