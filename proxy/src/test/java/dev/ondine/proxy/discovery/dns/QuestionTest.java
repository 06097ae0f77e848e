package dev.ondine.proxy.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.handler.codec.dns.DnsRecordType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuestionTest {
  @Test
  void aQuestionIsRead() {
    var message = DnsMessages.query("Orders.Shop.mesh.", DnsRecordType.AAAA);

    assertThat(Question.parse(message))
        .contains(
            new Question("orders.shop.mesh", Question.AAAA, Question.INTERNET, message.length));
  }

  @Test
  void whatIsNoSingleQuestionIsRefused() {
    var query = DnsMessages.a("orders");
    var response = query.clone();
    response[2] |= (byte) 0x80;
    var status = query.clone();
    status[2] |= 0x10;
    var two = query.clone();
    two[5] = 2;
    var compressed = query.clone();
    compressed[12] = (byte) 0xc0;

    for (var message : new byte[][] {response, status, two, compressed, new byte[5]}) {
      assertThat(Question.parse(message)).isEmpty();
    }
  }

  @Test
  void everyTruncationIsRefused() {
    var query = DnsMessages.a("orders.shop.mesh");
    for (var length = 0; length < query.length; length++) {
      assertThat(Question.parse(Arrays.copyOf(query, length))).as("%d bytes", length).isEmpty();
    }
  }

  @Test
  void aNameOfMoreThan255BytesIsRefused() {
    var longest = DnsMessages.a(("a".repeat(62) + ".").repeat(4));
    var longer = ByteBuffer.allocate(longest.length + 4);
    longer.put(longest, 0, Question.HEADER).put(new byte[] {3, 'b', 'b', 'b'});
    longer.put(longest, Question.HEADER, longest.length - Question.HEADER);

    assertThat(Question.parse(longest)).isPresent();
    assertThat(Question.parse(longer.array())).isEmpty();
  }

  @Test
  void aDotWithinALabelIsNoSeparator() {
    var query = DnsMessages.a("ordersxshop");
    query[13 + 6] = '.';

    assertThat(Question.parse(query).orElseThrow().name()).isEqualTo("orders?shop");
  }

  @Test
  void randomBytesNeverThrow() {
    var random = new Random(7);
    for (var i = 0; i < 20_000; i++) {
      var message = new byte[random.nextInt(64)];
      random.nextBytes(message);
      if (message.length > 5) {
        message[2] = 1;
        message[4] = 0;
        message[5] = 1;
      }
      assertThatCode(() -> Question.parse(message)).doesNotThrowAnyException();
    }
  }
}
