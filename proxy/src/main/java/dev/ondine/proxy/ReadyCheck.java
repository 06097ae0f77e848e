package dev.ondine.proxy;

import dev.ondine.proxy.grpcclient.GrpcHealth;
import dev.ondine.xds.transport.GrpcChannels;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** How to see that the workload can serve. */
public sealed interface ReadyCheck {
  /** What may be written for a check. */
  String ALLOWED = "tcp, http:/PATH or grpc";

  /** Its port accepts connections. */
  record Tcp() implements ReadyCheck {}

  /** It answers a GET of this path with a status from 200 to 399. */
  record Http(String path) implements ReadyCheck {}

  /** It says by the gRPC health protocol that it serves. */
  record Grpc() implements ReadyCheck {}

  /**
   * Reads a check as {@code --ready} has it.
   *
   * @throws IllegalArgumentException naming the text and what is allowed
   */
  static ReadyCheck parse(String text) {
    if (text.equals("tcp")) {
      return new Tcp();
    }
    if (text.equals("grpc")) {
      return new Grpc();
    }
    if (text.startsWith("http:/") && text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      return new Http(text.substring("http:".length()));
    }
    throw new IllegalArgumentException("'" + text + "' is not " + ALLOWED);
  }

  /**
   * Checks now; blocks for at most {@code timeout}.
   *
   * @return why the workload cannot serve; empty: it can
   */
  default Optional<String> run(
      InetSocketAddress workload, Duration timeout, GrpcChannels channels) {
    return switch (this) {
      case Tcp _ -> connect(workload, timeout, socket -> Optional.empty());
      case Http(var path) -> connect(workload, timeout, socket -> get(socket, path));
      case Grpc _ -> GrpcHealth.check(channels, workload, timeout);
    };
  }

  /** What to do with a connection to the workload. */
  @FunctionalInterface
  interface Conversation {
    /** Talks, and says what is wrong. */
    Optional<String> with(Socket socket) throws IOException;
  }

  private static Optional<String> connect(
      InetSocketAddress workload, Duration timeout, Conversation conversation) {
    var millis = (int) timeout.toMillis();
    try (var socket = new Socket()) {
      if (!workload.getAddress().isLoopbackAddress()) {
        // From another address it would be redirected, and find the sidecar instead of the
        // workload.
        var loopback = workload.getAddress() instanceof Inet6Address ? "::1" : "127.0.0.1";
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(loopback), 0));
      }
      socket.connect(workload, millis);
      socket.setSoTimeout(millis);
      return conversation.with(socket);
    } catch (IOException e) {
      return Optional.of("port " + workload.getPort() + " does not answer: " + e.getMessage());
    }
  }

  private static Optional<String> get(Socket socket, String path) throws IOException {
    var request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ondine\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    var line = firstLine(socket.getInputStream());
    // HTTP/1.1 200 OK
    var status = line.startsWith("HTTP/1.") && line.length() >= 12 ? line.substring(9, 12) : "";
    return status.compareTo("200") >= 0 && status.compareTo("400") < 0
        ? Optional.empty()
        : Optional.of("GET " + path + " was answered '" + line + "'");
  }

  private static String firstLine(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (var b = in.read(); b >= ' ' && line.length() < 80; b = in.read()) {
      line.append((char) b);
    }
    return line.toString();
  }
}
