package dev.ondine.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000;
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Pace pace = new Pace(1_024, 0);

  @Test
  void silenceIsForgivenForAsLongAsTheGrace() {
    assertThat(pace.isTooSlow(GRACE, 10 * SECOND)).isFalse();
    assertThat(pace.isTooSlow(GRACE, 10 * SECOND + 1)).isTrue();
  }

  @Test
  void theLeastRateIsEnoughForEver() {
    for (var second = 1; second < 1_000; second++) {
      pace.moved(1_024, second * SECOND);
      assertThat(pace.isTooSlow(GRACE, second * SECOND)).isFalse();
    }
  }

  @Test
  void halfTheRateLastsTwiceTheGrace() {
    var second = 0;
    while (!pace.isTooSlow(GRACE, second * SECOND)) {
      second++;
      pace.moved(512, second * SECOND);
    }
    assertThat(second).isBetween(20, 22);
  }

  @Test
  void aFastBeginningBuysNoLongPause() {
    pace.moved(100 << 20, SECOND);

    assertThat(pace.isTooSlow(GRACE, 11 * SECOND + 1)).isTrue();
  }

  @Test
  void timeThatIsExcusedDoesNotCount() {
    pace.excuse(100 * SECOND);

    assertThat(pace.isTooSlow(GRACE, 110 * SECOND)).isFalse();
  }

  @Test
  void noRateForgivesEverything() {
    assertThat(new Pace(0, 0).isTooSlow(GRACE, Long.MAX_VALUE)).isFalse();
  }
}
