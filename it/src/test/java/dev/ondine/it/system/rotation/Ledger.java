package dev.ondine.it.system.rotation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A workload that notes how often it got each order. It closes no connection by itself, so that
 * what fails is the mesh's; {@code /drip/N} is answered in N pieces, one each quarter of a second.
 */
final class Ledger implements AutoCloseable {
  private static final long PIECE_NANOS = 250_000_000L;
  private static final byte[] OK =
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n.".getBytes(ISO_8859_1);
  private static final byte[] DRIP =
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".getBytes(ISO_8859_1);

  private final ServerSocket server;
  private final AtomicIntegerArray times;

  private Ledger(ServerSocket server, int orders) {
    this.server = server;
    this.times = new AtomicIntegerArray(orders);
  }

  /** One with room for so many orders. */
  static Ledger open(int orders) throws IOException {
    var ledger = new Ledger(new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress()), orders);
    Thread.ofVirtual().start(ledger::accept);
    return ledger;
  }

  int port() {
    return server.getLocalPort();
  }

  /** How many orders came more than once. */
  int duplicates() {
    var twice = 0;
    for (var i = 0; i < times.length(); i++) {
      twice += Math.max(0, times.get(i) - 1);
    }
    return twice;
  }

  /** How many orders came at all. */
  int orders() {
    var once = 0;
    for (var i = 0; i < times.length(); i++) {
      once += Math.min(1, times.get(i));
    }
    return once;
  }

  private void accept() {
    try {
      while (true) {
        var socket = server.accept();
        socket.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket;
        var in = new BufferedInputStream(socket.getInputStream())) {
      for (var head = line(in); !head.isEmpty(); head = line(in)) {
        var length = 0;
        for (var field = line(in); !field.isEmpty(); field = line(in)) {
          var lower = field.toLowerCase(Locale.ROOT);
          if (lower.startsWith("content-length:")) {
            length = Integer.parseInt(lower.substring("content-length:".length()).strip());
          }
        }
        in.skipNBytes(length);
        var path = head.split(" ", 3)[1];
        var number = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
        if (path.startsWith("/drip/")) {
          drip(socket, number);
        } else {
          times.incrementAndGet(number);
          socket.getOutputStream().write(OK);
        }
      }
    } catch (IOException _) {
      // its peer left
    }
  }

  private static void drip(Socket socket, int pieces) throws IOException {
    var out = socket.getOutputStream();
    out.write(DRIP);
    for (var i = 0; i < pieces; i++) {
      out.write("1\r\n.\r\n".getBytes(ISO_8859_1));
      LockSupport.parkNanos(PIECE_NANOS);
    }
    out.write("0\r\n\r\n".getBytes(ISO_8859_1));
  }

  /** Without its end; empty at the connection's, too. */
  static String line(InputStream in) throws IOException {
    var text = new StringBuilder();
    for (var c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        text.append((char) c);
      }
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
