package dev.ondine.it.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.http2.AnswerCrossing;

/** Frames that an origin sends, on their way to a client that speaks HTTP/1.1: answers, or none. */
final class Http2ResponseTarget implements FuzzTarget {
  private static final byte[] REQUESTS =
      "GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1);
  // Without it nothing else is read.
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  @Override
  public String name() {
    return "http2-response";
  }

  @Override
  public void parse(byte[] input) {
    var crossing = new AnswerCrossing();
    crossing.client().receive(REQUESTS, 0, REQUESTS.length);
    crossing.run();
    crossing.origin().receive(SETTINGS, 0, SETTINGS.length);
    crossing.origin().receive(input, 0, input.length);
    crossing.run();
    crossing.origin().end(); // no answer may become complete by this
    crossing.run();
    var seen = AnswersSeen.read(crossing.client().sent());
    crossing.close();
    assertThat(seen.complete()).as("answers to two requests").isLessThanOrEqualTo(2);
  }
}
