package dev.ondine.cli.demo.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * An HTTP/1.1 connection that sends one GET after the other. It never tries again: who counts
 * failures must see them all.
 */
final class Connection implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_LINE = 8_192;
  private static final int MAX_BODY = 1 << 20;

  private final Socket socket;
  private final InputStream in;
  private boolean reusable = true;

  private Connection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), 4_096);
  }

  static Connection open(InetSocketAddress address) throws IOException {
    var socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      socket.connect(address, (int) TIMEOUT.toMillis());
      return new Connection(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** What a response says. */
  record Response(int status, String body) {}

  Response get(String authority, String path) throws IOException {
    var request =
        "GET " + path + " HTTP/1.1\r\nHost: " + authority + "\r\nUser-Agent: shopper\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    var status = status(line());
    var length = -1;
    var chunked = false;
    for (var header = line(); !header.isEmpty(); header = line()) {
      var colon = header.indexOf(':');
      var value = colon < 0 ? "" : header.substring(colon + 1).strip();
      switch (colon < 0 ? "" : header.substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "content-length" -> length = number(value, 10);
        case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
        case "connection" -> reusable &= !value.equalsIgnoreCase("close");
        default -> {} // of no interest
      }
    }
    return new Response(status, new String(body(length, chunked), StandardCharsets.UTF_8));
  }

  private static int status(String line) throws IOException {
    if (line.length() < 12 || !(line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "))) {
      throw new IOException("the answer begins with '" + line + "'");
    }
    return number(line.substring(9, 12), 10);
  }

  private byte[] body(int length, boolean chunked) throws IOException {
    if (chunked) {
      var body = new ByteArrayOutputStream();
      for (var size = chunk(); size > 0; size = chunk()) {
        body.write(exactly(size));
        line();
      }
      while (!line().isEmpty()) {
        // trailers
      }
      return body.toByteArray();
    }
    if (length < 0) {
      reusable = false;
      return in.readNBytes(MAX_BODY);
    }
    return exactly(length);
  }

  private int chunk() throws IOException {
    var line = line();
    var end = line.indexOf(';');
    return number(end < 0 ? line : line.substring(0, end), 16);
  }

  private byte[] exactly(int length) throws IOException {
    if (length > MAX_BODY) {
      throw new IOException("a body of " + length + " bytes");
    }
    var bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the connection ended within the body");
    }
    return bytes;
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (var b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection ended before the answer did");
      }
      if (line.length() == MAX_LINE) {
        throw new IOException("a line above " + MAX_LINE + " bytes");
      }
      line.append((char) b);
    }
    if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    return line.toString();
  }

  private static int number(String text, int radix) throws IOException {
    try {
      return Integer.parseInt(text.strip(), radix);
    } catch (NumberFormatException e) {
      throw new IOException("'" + text + "' is no number", e);
    }
  }

  /** Whether another request may follow. */
  boolean isReusable() {
    return reusable;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException _) {
      // it is gone either way
    }
  }
}
