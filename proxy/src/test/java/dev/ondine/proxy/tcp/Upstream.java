package dev.ondine.proxy.tcp;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A server of a test on a port of its own, on loopback. */
final class Upstream implements Closeable {
  private final ServerSocket listening;

  Upstream() throws IOException {
    listening = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    listening.setSoTimeout(10_000);
  }

  int port() {
    return listening.getLocalPort();
  }

  Peer accepts() throws IOException {
    return new Peer(listening.accept());
  }

  /** A port that nobody listens on. */
  static int nobody() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return taken.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
