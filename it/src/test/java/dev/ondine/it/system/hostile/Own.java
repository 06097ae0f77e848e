package dev.ondine.it.system.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ondine.testkit.http1.RawHttp1;
import dev.ondine.testkit.http1.RawHttp1.End;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests by which a runner looks whether all is well, each with a target of its own. */
final class Own {
  private static final int FIRST_TIMEOUT_MILLIS = 60_000;

  private final Mesh<?> mesh;
  private final AtomicInteger last = new AtomicInteger();

  /**
   * @param mesh whose service they go to
   */
  Own(Mesh<?> mesh) {
    this.mesh = mesh;
  }

  String target() {
    return "/own-" + last.incrementAndGet();
  }

  /** The first one, for which a sidecar may have to discover the service. */
  void first(int port) throws IOException {
    try (var client = RawHttp1.connect(port, FIRST_TIMEOUT_MILLIS)) {
      if (!isAnswered(client, target())) {
        throw new IOException("the sidecar at port " + port + " does not answer a request");
      }
    }
  }

  /** One on a connection of its own: after a hostile one, others get their own answers. */
  void fence(int port, List<String> problems) throws IOException {
    try (var client = RawHttp1.connect(port, mesh.patienceMillis())) {
      if (!isAnswered(client, target())) {
        problems.add("another client's request was not answered well");
      }
    }
  }

  /** Whether a request on this connection gets its own answer. */
  boolean isAnswered(RawHttp1 client, String target) {
    client.send(
        ("GET " + target + " HTTP/1.1\r\nHost: " + mesh.host() + "\r\n\r\n").getBytes(ISO_8859_1));
    var answer = client.read(false);
    return answer.status() == 200
        && answer.end() == End.COMPLETE
        && answer.text().contains("x-target: " + target + "\r\n")
        && answer.text().endsWith("\r\n\r\n" + target);
  }
}
