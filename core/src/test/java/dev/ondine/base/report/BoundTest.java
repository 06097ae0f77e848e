package dev.ondine.base.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BoundTest {
  @Test
  void limitItselfIsKept() {
    assertThat(new Bound.AtMost(1.3).metBy(1.3)).isTrue();
    assertThat(new Bound.AtMost(1.3).metBy(1.31)).isFalse();
    assertThat(new Bound.AtLeast(2).metBy(2)).isTrue();
    assertThat(new Bound.AtLeast(2).metBy(1)).isFalse();
  }

  @Test
  void whatIsNoNumberKeepsNoLimit() {
    assertThat(new Bound.AtMost(1).metBy(Double.NaN)).isFalse();
    assertThat(new Bound.AtLeast(1).metBy("2")).isFalse();
  }

  @Test
  void numbersAreEqualByValue() {
    assertThat(new Bound.Exactly(404).metBy(404L)).isTrue();
    assertThat(new Bound.Exactly(true).metBy(true)).isTrue();
    assertThat(new Bound.Exactly("netns").metBy("explicit")).isFalse();
  }

  @Test
  void textIsShort() {
    assertThat(new Bound.AtMost(15).toString()).isEqualTo("<= 15");
    assertThat(new Bound.AtLeast(1.5).toString()).isEqualTo(">= 1.5");
    assertThat(Figure.text(100.0)).isEqualTo("100");
    assertThat(Figure.text(0.12345)).isEqualTo("0.123");
  }
}
