package dev.ondine.proxy.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.it.fuzz.FuzzTarget;
import java.util.List;

/** DNS queries of a workload: each has one question, which every answer repeats, or none. */
public final class DnsQueryTarget implements FuzzTarget {
  private static final byte[] IP = {(byte) 240, (byte) 240, 0, 1};

  private final MeshNames names = new MeshNames("shop", List.of("shop.svc.cluster.local", "lan"));

  @Override
  public String name() {
    return "dns-query";
  }

  @Override
  public void parse(byte[] input) {
    var question = Question.parse(input);
    if (question.isEmpty()) {
      return;
    }
    var asked = question.get();
    assertThat(asked.end()).isLessThanOrEqualTo(input.length);
    assertThat(names.of(asked.name()).keys())
        .allSatisfy(key -> assertThat(key.wire()).isNotEmpty());
    for (var reply :
        List.of(
            Reply.address(input, asked, IP, 5),
            Reply.noData(input, asked),
            Reply.noSuchName(input, asked),
            Reply.failure(input, asked))) {
      assertThat(Question.isResponse(reply)).isTrue();
      var repeated = reply.clone();
      repeated[2] &= 0x7f; // as if it were a query
      repeated[2] &= (byte) 0x87;
      assertThat(Question.parse(repeated)).contains(asked);
    }
    assertThat(Question.isResponse(Reply.malformed(input))).isTrue();
  }
}
