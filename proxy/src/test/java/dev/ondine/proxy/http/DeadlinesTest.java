package dev.ondine.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlinesTest {
  @ParameterizedTest
  @CsvSource({
    "0S, PT0S",
    "0n, PT0S",
    "1H, PT1H",
    "90M, PT1H30M",
    "00000010S, PT10S",
    "250m, PT0.25S",
    "99999999u, PT1M39.999999S",
    "5n, PT0.000000005S",
    "2562047H, PT2562047H",
  })
  void unitsAreRead(String value, Duration time) {
    assertThat(Deadlines.grpcTimeout(value)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "S", "1", "1s", "1h", "-1S", "+1S", " 1S", "1 S", "1.5S", "100000000S", "1SS"})
  void malformedOnesSetNoDeadline(String value) {
    assertThat(Deadlines.isGrpcTimeout(value)).isFalse();
    assertThat(Deadlines.grpcTimeout(value)).isEqualTo(Deadlines.NONE);
  }

  @Test
  void onesThatAClockCannotHoldSetNoDeadline() {
    assertThat(Deadlines.isGrpcTimeout("99999999H")).isTrue();
    assertThat(Deadlines.grpcTimeout("99999999H")).isEqualTo(Deadlines.NONE);
    assertThat(Deadlines.grpcTimeout("2562048H")).isEqualTo(Deadlines.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0n",
    "PT0.000000001S, 1n",
    "PT0.099999999S, 99999999n",
    "PT0.1S, 100000u",
    "PT0.123456789S, 123457u",
    "PT1M39.999999S, 99999999u",
    "PT99.9999991S, 100000m",
    "PT27H, 97200000m",
    "PT28H, 100800S",
    "PT30000H, 1800000M",
    "PT2000000H, 2000000H",
  })
  void asMuchIsWrittenAsEightDigitsHold(Duration time, String value) {
    assertThat(Deadlines.grpcTimeout(time)).isEqualTo(value);
    assertThat(Deadlines.grpcTimeout(value)).isGreaterThanOrEqualTo(time);
  }
}
