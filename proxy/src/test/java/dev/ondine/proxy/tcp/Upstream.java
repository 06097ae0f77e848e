package dev.ondine.proxy.tcp;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** A server of a test on a port of its own, on loopback. */
public final class Upstream implements Closeable {
  private final ServerSocket listening;

  public Upstream() throws IOException {
    this(0);
  }

  /**
   * A server whose kernel keeps little for it.
   *
   * @param receiveBuffer of each connection, in bytes; 0: the kernel's choice
   */
  public Upstream(int receiveBuffer) throws IOException {
    listening = new ServerSocket();
    if (receiveBuffer > 0) {
      listening.setReceiveBufferSize(receiveBuffer);
    }
    listening.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    listening.setSoTimeout(10_000);
  }

  public int port() {
    return listening.getLocalPort();
  }

  public Peer accepts() throws IOException {
    return new Peer(listening.accept());
  }

  /** A port that nobody listens on. */
  public static int nobody() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return taken.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
