package dev.ondine.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DetailsTest {
  private static final String FORGED = "name 'x\r\nevil: y\0\u001b[2J\u202e\u00e9'";
  private static final String SAFE = "name 'x\\u000d\\u000aevil: y\\u0000\\u001b[2J\\u202e\\u00e9'";

  @Test
  void plainTextStaysAsItIs() {
    var text = "the endpoint reset the stream: CANCEL ~";

    assertThat(Details.printable(text)).isSameAs(text);
  }

  @Test
  void whatCouldBeginALineIsEscaped() {
    assertThat(Details.printable(FORGED)).isEqualTo(SAFE);
  }

  @Test
  void longTextIsCutAndNoEscapeIsHalved() {
    assertThat(Details.printable("x".repeat(512))).hasSize(512).endsWith("x");
    assertThat(Details.printable("x".repeat(513))).hasSize(512).endsWith("x...");
    assertThat(Details.printable("\r".repeat(30_000)))
        .hasSizeLessThanOrEqualTo(512)
        .endsWith("\\u000d...");
  }

  @Test
  void failuresAndRepliesTakeNothingElse() {
    assertThat(Failure.notSent(Reason.INTERNAL, FORGED).detail()).isEqualTo(SAFE);
    assertThat(LocalReply.of(Reason.INTERNAL, FORGED).detail()).isEqualTo(SAFE);
  }
}
