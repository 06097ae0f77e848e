package dev.ondine.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.http1.Crossing;

/** What a client sends by HTTP/1.1: no smuggled request, however the bytes are cut into packets. */
final class Http1RequestTarget implements FuzzTarget {
  private static final int SLOW = 512; // byte by byte costs the square of the length

  @Override
  public String name() {
    return "http1-request";
  }

  @Override
  public void parse(byte[] input) {
    var whole = RequestCrossing.send(Crossing::http1, input, Math.max(1, input.length));
    if (input.length <= SLOW) {
      var complete = whole.stream().filter(OriginReading.Seen::complete).toList();
      var single = RequestCrossing.send(Crossing::http1, input, 1);
      assertThat(single.stream().filter(OriginReading.Seen::complete))
          .as("byte by byte")
          .containsExactlyInAnyOrderElementsOf(complete);
    }
  }
}
