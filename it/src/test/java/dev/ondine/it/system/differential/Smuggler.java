package dev.ondine.it.system.differential;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A relay that begins each connection to an origin with a request that nobody sent. */
final class Smuggler implements AutoCloseable {
  private static final byte[] SMUGGLED =
      "GET /smuggled HTTP/1.1\r\nhost: nobody\r\n\r\n".getBytes(US_ASCII);

  private final ServerSocket listening;
  private final int origin;

  private Smuggler(ServerSocket listening, int origin) {
    this.listening = listening;
    this.origin = origin;
  }

  static Smuggler before(int origin) throws IOException {
    var smuggler = new Smuggler(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), origin);
    Thread.ofVirtual().start(smuggler::accept);
    return smuggler;
  }

  int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        var client = listening.accept();
        var server = new Socket(InetAddress.getLoopbackAddress(), origin);
        server.getOutputStream().write(SMUGGLED);
        Thread.ofVirtual().start(() -> relay(client, server));
        Thread.ofVirtual().start(() -> relay(server, client));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private static void relay(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException _) {
      // The other direction has ended it.
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException _) {
      // It takes no more connections either way.
    }
  }
}
