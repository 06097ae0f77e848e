package dev.ondine.it.mesh;

import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** A workload over HTTP/2 that answers with whatever frames a test wants. */
final class RawWorkload implements MeshHarness.Part {
  /** How many connections it serves at once; one is the readiness check's. */
  private static final int CONNECTIONS = 4;

  private final ServerSocket listening;
  private final Script script;
  private final AtomicInteger requests = new AtomicInteger();

  /** What is done with the head of a request. */
  interface Script {
    void answer(RawHttp2 connection, Frame head) throws IOException;
  }

  RawWorkload(Script script) throws IOException {
    this.script = script;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    for (var i = 0; i < CONNECTIONS; i++) {
      Thread.ofVirtual().start(this::serve);
    }
  }

  int port() {
    return listening.getLocalPort();
  }

  /** How many heads of requests came. */
  int requests() {
    return requests.get();
  }

  private void serve() {
    while (!listening.isClosed()) {
      try (var connection = RawHttp2.accept(listening)) {
        var head = connection.readUntil(Frame.HEADERS);
        while (head.isPresent()) {
          requests.incrementAndGet();
          script.answer(connection, head.get());
          head = connection.readUntil(Frame.HEADERS);
        }
      } catch (IOException _) {
        // A check of the port, the end of a connection, or nobody came for some time.
      }
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException _) {
      // It is gone either way.
    }
  }
}
