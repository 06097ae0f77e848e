package dev.ondine.testkit.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports for programs that cannot take port 0 and tell which one they got. */
public final class Ports {
  private Ports() {}

  /** A port of the loopback address that nobody had a moment ago. */
  public static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
