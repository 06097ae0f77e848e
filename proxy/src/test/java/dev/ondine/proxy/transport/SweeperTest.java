package dev.ondine.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.transport.Sweeper.Sweepable;
import dev.ondine.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SweeperTest {
  private final ManualClock clock = new ManualClock();
  private final Sweeper sweeper = new Sweeper(clock);
  private int looks;
  private final Sweepable connection = () -> looks++;

  @Test
  void looksOnceASecond() {
    sweeper.add(connection);

    clock.advance(Duration.ofSeconds(3));

    assertThat(looks).isEqualTo(3);
  }

  @Test
  void looksOnceASecondHoweverManyCameAndWent() {
    for (var i = 0; i < 100; i++) {
      Sweepable brief = () -> {};
      sweeper.add(brief);
      sweeper.remove(brief);
    }
    sweeper.add(connection);

    clock.advance(Duration.ofSeconds(3));

    assertThat(looks).isEqualTo(3);
    assertThat(clock.timers()).isEqualTo(1);
  }

  @Test
  void hasNoTimerWhereNothingIsWatched() {
    sweeper.add(connection);
    sweeper.remove(connection);

    clock.advance(Duration.ofSeconds(2));

    assertThat(clock.timers()).isZero();
  }

  @Test
  void looksAtTheOthersWhereOneFails() {
    sweeper.add(
        () -> {
          throw new IllegalStateException("a fault of the test's");
        });
    sweeper.add(connection);

    clock.advance(Duration.ofSeconds(2));

    assertThat(looks).isEqualTo(2);
  }
}
