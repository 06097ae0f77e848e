package dev.ondine.cli.demo.world;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A sidecar's admin API by its Unix socket: from outside its network, HTTP cannot reach it. */
public final class AdminSocket {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path socket;

  public AdminSocket(Path socket) {
    this.socket = socket;
  }

  /** Whether the sidecar says that it is ready; not there yet is not ready. */
  public boolean isReady() {
    try {
      return answer("/ready").startsWith("HTTP/1.1 200");
    } catch (IOException _) {
      return false;
    }
  }

  /** GET; the JSON of the answer. */
  public JsonNode get(String path) throws IOException {
    var answer = answer(path);
    var body = answer.indexOf("\r\n\r\n");
    if (!answer.startsWith("HTTP/1.1 200") || body < 0) {
      throw new IOException(
          socket + " answers " + path + " with: " + answer.lines().findFirst().orElse("nothing"));
    }
    return JSON.readTree(answer.substring(body + 4));
  }

  private String answer(String path) throws IOException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      var request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      var bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
