package dev.ondine.testkit.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Optional;

/** A client's connection that writes any bytes and reads answers; it follows no rule by itself. */
public final class RawHttp1 implements AutoCloseable {
  /** How the connection was when reading stopped. */
  public enum End {
    /** An answer was complete. */
    COMPLETE,
    /** The other end closed, before an answer or in one that ends so. */
    CLOSED,
    /** The connection was reset, or closed in the middle of an answer. */
    BROKEN,
    /** Nothing came for too long. */
    SILENT
  }

  /**
   * What reading an answer brought.
   *
   * @param status 0 if no head came
   * @param text all that was read, head and body as they came
   */
  public record Answer(int status, String text, End end) {}

  private final Socket socket;
  private final InputStream in;
  private ByteArrayOutputStream read = new ByteArrayOutputStream();

  private RawHttp1(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  /** Connects to a port of this machine. */
  public static RawHttp1 connect(int port, int readTimeoutMillis) throws IOException {
    var socket = new Socket();
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), readTimeoutMillis);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(readTimeoutMillis);
    return new RawHttp1(socket);
  }

  /** Writes these bytes; false if the other end takes no more. */
  public boolean send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** Says that nothing more comes, and goes on reading. */
  public void finish() throws IOException {
    socket.shutdownOutput();
  }

  /**
   * Reads one answer, interim or final.
   *
   * @param bodiless whether it has no body whatever its head says
   */
  public Answer read(boolean bodiless) {
    read = new ByteArrayOutputStream();
    var status = 0;
    try {
      var head = head();
      if (head.isEmpty()) {
        return new Answer(0, text(), read.size() == 0 ? End.CLOSED : End.BROKEN);
      }
      status = status(head.get());
      var end = End.COMPLETE;
      if (status >= 200 && status != 204 && status != 304 && !bodiless) {
        end = body(head.get());
      }
      return new Answer(status, text(), end);
    } catch (SocketTimeoutException _) {
      return new Answer(status, text(), End.SILENT);
    } catch (IOException | NumberFormatException _) { // or no number where one must be
      return new Answer(status, text(), End.BROKEN);
    }
  }

  private String text() {
    return read.toString(ISO_8859_1);
  }

  /** The head with its empty line; empty if the connection was closed before. */
  private Optional<String> head() throws IOException {
    while (true) {
      var b = next();
      if (b < 0) {
        return Optional.empty();
      }
      if (b == '\n') {
        var text = text();
        if (text.endsWith("\r\n\r\n")) {
          return Optional.of(text);
        }
      }
    }
  }

  private static int status(String head) throws IOException {
    if (!head.startsWith("HTTP/1.") || head.length() < 12) {
      throw new IOException("no HTTP/1: " + head);
    }
    return Integer.parseInt(head.substring(9, 12));
  }

  private End body(String head) throws IOException {
    var lower = head.toLowerCase(Locale.ROOT);
    if (lower.contains("\r\ntransfer-encoding: chunked\r\n")) {
      return chunks();
    }
    var length = lower.indexOf("\r\ncontent-length: ");
    if (length >= 0) {
      var from = length + 18;
      return bytes(Long.parseLong(lower.substring(from, lower.indexOf('\r', from)).strip()));
    }
    while (next() >= 0) {
      // until the end
    }
    return End.CLOSED;
  }

  private End bytes(long count) throws IOException {
    for (var left = count; left > 0; left--) {
      if (next() < 0) {
        return End.BROKEN;
      }
    }
    return End.COMPLETE;
  }

  private End chunks() throws IOException {
    while (true) {
      var size = line();
      if (size.isEmpty()) {
        return End.BROKEN;
      }
      var length = Long.parseLong(size.get().strip(), 16);
      if (length == 0) {
        return trailers();
      }
      if (bytes(length + 2) != End.COMPLETE) {
        return End.BROKEN;
      }
    }
  }

  private End trailers() throws IOException {
    while (true) {
      var line = line();
      if (line.isEmpty()) {
        return End.BROKEN;
      }
      if (line.get().isEmpty()) {
        return End.COMPLETE;
      }
    }
  }

  private Optional<String> line() throws IOException {
    var line = new StringBuilder();
    while (true) {
      var b = next();
      if (b < 0) {
        return Optional.empty();
      }
      if (b == '\n') {
        return Optional.of(line.toString().replace("\r", ""));
      }
      line.append((char) b);
    }
  }

  private int next() throws IOException {
    var b = in.read();
    if (b >= 0) {
      read.write(b);
    }
    return b;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
