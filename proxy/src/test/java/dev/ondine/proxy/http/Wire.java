package dev.ondine.proxy.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/** One end of a TCP connection in a test's hands, byte by byte. */
public final class Wire implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;

  private Wire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
  }

  /** Connects to a port of this host. */
  public static Wire connect(int port) throws IOException {
    return new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** The next connection to a server. */
  public static Wire accept(ServerSocket server) throws IOException {
    server.setSoTimeout(PATIENCE_MILLIS);
    return new Wire(server.accept());
  }

  /** A server on a port of its own. */
  public static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** Sends text, with LF as CRLF. */
  public Wire lines(String text) throws IOException {
    return send(text.replace("\n", "\r\n"));
  }

  public Wire send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  public Wire send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** The next head, with its empty line, and CRLF as LF. */
  public String head() throws IOException {
    var head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      var next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("ends within a head: " + head);
      }
      head.append((char) next);
    }
    return head.toString().replace("\r\n", "\n");
  }

  /** So many bytes, as text. */
  public String read(int length) throws IOException {
    return new String(socket.getInputStream().readNBytes(length), ISO_8859_1);
  }

  /** All that comes until the other end says that it has said all. */
  public String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  /** True if nothing is there to be read now. */
  public boolean isSilent() throws IOException {
    return socket.getInputStream().available() == 0;
  }

  /** Says that all is said (FIN); what comes can still be read. */
  public void end() throws IOException {
    socket.shutdownOutput();
  }

  /** Breaks off (RST). */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** True if the other end has broken off (RST), as the next read shows. */
  public boolean isBrokenOff() throws IOException {
    var all = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(all);
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
