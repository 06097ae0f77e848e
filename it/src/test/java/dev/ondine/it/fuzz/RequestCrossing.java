package dev.ondine.it.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.http1.Crossing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What of a client's bytes reaches an origin. Every origin, however forgiving, must read from it
 * the same requests, and no more of them than the proxy knows of.
 */
final class RequestCrossing {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".getBytes(ISO_8859_1);
  private static final byte[] HEAD_ANSWER =
      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n".getBytes(ISO_8859_1);

  private static final byte[] REFUSAL =
      "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n".getBytes(ISO_8859_1);

  private final Crossing crossing;
  private final List<Integer> answered = new ArrayList<>();

  private RequestCrossing(Crossing crossing) {
    this.crossing = crossing;
  }

  /**
   * Sends the input in pieces of this size.
   *
   * @return the requests of all connections to the origin, in order
   * @throws AssertionError when origins could disagree about them
   */
  static List<OriginReading.Seen> send(Supplier<Crossing> connected, byte[] input, int piece) {
    var sent = new RequestCrossing(connected.get());
    for (var at = 0; at < input.length; at += piece) {
      sent.crossing.client().receive(input, at, Math.min(input.length, at + piece));
      sent.answer();
    }
    sent.crossing.close();
    return sent.requests();
  }

  /** Answers what is complete, until nothing more happens. */
  private void answer() {
    var progress = true;
    while (progress) {
      progress = false;
      crossing.run();
      for (var i = 0; i < crossing.origins().size(); i++) {
        var origin = crossing.origins().get(i);
        if (answered.size() <= i) {
          answered.add(0);
        }
        var seen = OriginReading.STRICT.read(origin.sent());
        var next = answered.get(i);
        if (origin.isOpen() && next < seen.size() && seen.get(next).complete()) {
          answered.set(i, next + 1);
          var answer =
              switch (seen.get(next).method()) {
                case "HEAD" -> HEAD_ANSWER;
                case "CONNECT" -> REFUSAL; // in a tunnel everything would be allowed
                default -> ANSWER;
              };
          origin.receive(answer, 0, answer.length);
          progress = true;
        }
      }
    }
  }

  private List<OriginReading.Seen> requests() {
    var all = new ArrayList<OriginReading.Seen>();
    for (var origin : crossing.origins()) {
      var strict = OriginReading.STRICT.read(origin.sent());
      for (var reading : OriginReading.values()) {
        assertThat(reading.read(origin.sent())).as(reading.toString()).isEqualTo(strict);
      }
      all.addAll(strict);
    }
    assertThat(all.size())
        .as("requests that the origin sees")
        .isLessThanOrEqualTo(crossing.exchanges());
    return all;
  }
}
