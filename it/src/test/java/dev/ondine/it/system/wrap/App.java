package dev.ondine.it.system.wrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One {@code src/test/resources/wrap/app.py}, as it is seen from outside: what it is told, and what
 * it was asked by its clients.
 *
 * @param folder where its program, its socket and its list of requests are
 */
record App(String name, int port, Path folder) {
  private static final String PROGRAM = "app.py";

  /** Puts the program into a folder. */
  static void install(Path folder) throws IOException {
    try (var program = requireNonNull(App.class.getResourceAsStream("/wrap/" + PROGRAM), PROGRAM)) {
      Files.copy(program, folder.resolve(PROGRAM));
    }
  }

  /** The command that becomes it. */
  List<String> command() {
    return List.of(
        "python3",
        folder.resolve(PROGRAM).toString(),
        name,
        Integer.toString(port),
        folder.toString());
  }

  /** Tells it to do something; returns what it says. */
  String tell(String order) throws IOException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(folder.resolve(name + ".sock")));
      channel.write(ByteBuffer.wrap((order + "\n").getBytes(UTF_8)));
      return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8).strip();
    }
  }

  /** Whether it takes orders, which it does when it listens. */
  boolean isUp() {
    try {
      return tell("up").startsWith("unknown");
    } catch (IOException _) {
      return false;
    }
  }

  /** Whether a request for this path reached it. */
  boolean saw(String path) throws IOException {
    var file = folder.resolve(name + ".requests");
    return Files.exists(file) && Files.readAllLines(file).contains(path);
  }
}
