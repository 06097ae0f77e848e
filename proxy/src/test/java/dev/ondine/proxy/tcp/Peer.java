package dev.ondine.proxy.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** A blocking socket of a test, client or server, that waits for what it expects at most 10 s. */
public final class Peer implements Closeable {
  private static final int PATIENCE_MILLIS = 10_000;

  public final Socket socket;

  public Peer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  public static Peer connect(int port) throws IOException {
    return new Peer(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  public void sends(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  public void sends(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
  }

  /** Reads exactly this much. */
  public String reads(int length) throws IOException {
    return new String(socket.getInputStream().readNBytes(length), UTF_8);
  }

  /** Reads to the other side's FIN. */
  public String readsToTheEnd() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  /** FIN. */
  public void endsItsSide() throws IOException {
    socket.shutdownOutput();
  }

  /** RST. */
  public void breaksOff() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Waits for the other side's end: true if it broke off (RST), false if it ended (FIN). */
  public boolean isBrokenOff() throws IOException {
    try {
      if (socket.getInputStream().read() >= 0) {
        throw new AssertionError("bytes came");
      }
      return false;
    } catch (SocketException _) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
