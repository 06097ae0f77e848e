package dev.ondine.base.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "0s,0",
    "0h0m0s,0",
    "250ms,250",
    "10s,10000",
    "1m30s,90000",
    "1h30m,5400000",
    "1h1m1s1ms,3661001",
    "5s3h,10805000", // any order, says the GEP
    "1m1m,120000",
    "99999h,359996400000",
  })
  void reads(String text, long millis) {
    assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10",
        "s",
        "-1s",
        "+1s",
        "1.5s",
        "1 s",
        " 1s",
        "1s ",
        "1S",
        "1d",
        "1us",
        "100000s",
        "1s1s1s1s1s",
        "PT1S",
        "1m-30s",
        "\u0661s",
        "1ss",
        "1msm"
      })
  void refuses(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("1m30s");
  }

  @ParameterizedTest
  @CsvSource({"0,0s", "1,1ms", "1000,1s", "60000,1m", "5400000,1h30m", "3661001,1h1m1s1ms"})
  void writesTheShortestForm(long millis, String text) {
    assertThat(Durations.format(Duration.ofMillis(millis))).isEqualTo(text);
  }

  @Test
  void readsWhatItWrote() {
    var random = new Random(2257);
    for (var i = 0; i < 2_000; i++) {
      var duration = Duration.ofMillis(random.nextLong(0, 360_000_000_000L));
      assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
    }
  }

  @Test
  void doesNotRoundWhatTheFormatCannotSay() {
    assertThatThrownBy(() -> Durations.format(Duration.ofNanos(1_500_000)))
        .hasMessageContaining("PT0.0015S");
    assertThatThrownBy(() -> Durations.format(Duration.ofSeconds(-1)))
        .hasMessageContaining("PT-1S");
    assertThatThrownBy(() -> Durations.format(Duration.ofHours(100_000)))
        .hasMessageContaining("PT100000H");
  }
}
