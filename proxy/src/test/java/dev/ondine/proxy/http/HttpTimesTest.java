package dev.ondine.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HttpTimesTest {
  @Test
  void connectionsThatBeganTogetherEndWithinATenthOfEachOther() {
    var random = new SplittableRandom(7);
    var hour = Duration.ofHours(1).toNanos();

    var ends =
        random
            .ints(1_000)
            .mapToLong(_ -> HttpTimes.DEFAULTS.endOfLife(0, random))
            .summaryStatistics();

    assertThat(ends.getMin()).isBetween(hour * 9 / 10, hour * 91 / 100);
    assertThat(ends.getMax()).isBetween(hour * 109 / 100, hour * 11 / 10);
  }
}
