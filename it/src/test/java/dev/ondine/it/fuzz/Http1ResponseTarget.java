package dev.ondine.it.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.http1.Crossing;

/** What an origin sends: one answer for one request, and none for the next client's. */
final class Http1ResponseTarget implements FuzzTarget {
  private static final byte[] REQUESTS =
      "GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1);
  private static final String SECOND =
      "HTTP/1.1 200 OK\r\nx-second: yes\r\ncontent-length: 0\r\n\r\n";

  @Override
  public String name() {
    return "http1-response";
  }

  @Override
  public void parse(byte[] input) {
    var crossing = Crossing.http1();
    crossing.client().receive(REQUESTS, 0, REQUESTS.length);
    crossing.run();
    crossing.origins().getFirst().receive(input, 0, input.length);
    crossing.run();
    var second = crossing.exchanges() == 2 && crossing.client().isOpen();
    if (second) {
      var answer = SECOND.getBytes(ISO_8859_1);
      crossing.origins().getLast().receive(answer, 0, answer.length);
      crossing.run();
    }
    if (crossing.origins().getFirst().isOpen() && !second) {
      crossing.origins().getFirst().end(); // perhaps the end of the first answer
      crossing.run();
    }
    var seen = AnswersSeen.read(crossing.client().sent());
    crossing.close();
    assertThat(seen.complete()).as("answers to two requests").isLessThanOrEqualTo(2);
    if (second) {
      assertThat(seen.last()).as("the answer to the second request").contains("x-second: yes");
    }
  }
}
