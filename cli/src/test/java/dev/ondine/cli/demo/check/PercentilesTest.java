package dev.ondine.cli.demo.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {
  @Test
  void eachIsValueThatOccurred() {
    var values = Percentiles.of(IntStream.rangeClosed(1, 200).boxed().toList());

    assertThat(values.at(50)).isEqualTo(100);
    assertThat(values.at(99)).isEqualTo(198);
    assertThat(values.at(100)).isEqualTo(200);
    assertThat(values.at(0.1)).isEqualTo(1);
  }

  @Test
  void orderOfValuesDoesNotMatter() {
    assertThat(Percentiles.of(List.of(9.0, 1.0, 5.0)).median()).isEqualTo(5);
    assertThat(Percentiles.of(List.of(7)).at(99)).isEqualTo(7);
  }

  @Test
  void nothingHasNoPercentile() {
    assertThat(Percentiles.of(List.<Double>of()).median()).isNaN();
  }

  @Test
  void percentIsChecked() {
    var values = Percentiles.of(List.of(1));

    assertThatThrownBy(() -> values.at(0)).hasMessageContaining("0.0 is not above 0");
    assertThatThrownBy(() -> values.at(101)).hasMessageContaining("101");
  }
}
