package dev.ondine.it.system.overload;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ondine.testkit.http1.RawHttp1;
import dev.ondine.testkit.mesh.SidecarProcess;
import java.io.IOException;
import java.util.Optional;

/** What a sidecar's admin port says of it, if it says anything. */
record Admin(int port) {
  private static final int ANSWER_MILLIS = 2_000;

  static Admin of(SidecarProcess sidecar) {
    return new Admin(sidecar.admin());
  }

  /** Its metrics; empty where no answer came in time. */
  Optional<String> metrics() {
    try (var client = RawHttp1.connect(port, ANSWER_MILLIS)) {
      client.send(
          "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
              .getBytes(US_ASCII));
      var answer = client.read(false);
      return answer.status() == 200 && answer.end() == RawHttp1.End.COMPLETE
          ? Optional.of(answer.text())
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /** The sum of a metric's series, or of those with this text in their labels. */
  static double sum(String metrics, String name, String label) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
