package dev.ondine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class ManualClockTest {
  private final ManualClock clock = new ManualClock();
  private final ArrayList<String> ran = new ArrayList<>();

  @Test
  void runsDueTasksInOrderAtTheirOwnTime() {
    clock.schedule(Duration.ofSeconds(3), () -> log("c"));
    clock.schedule(Duration.ofSeconds(1), () -> log("a"));
    clock.schedule(Duration.ofSeconds(1), () -> log("b"));
    clock.schedule(Duration.ofSeconds(5), () -> log("later"));

    clock.advance(Duration.ofSeconds(4));

    assertThat(ran).containsExactly("a at PT1S", "b at PT1S", "c at PT3S");
    assertThat(clock.elapsed()).isEqualTo(Duration.ofSeconds(4));
    assertThat(clock.timers()).isEqualTo(1);
  }

  @Test
  void runsWhatATaskSchedulesWithinTheSameAdvance() {
    clock.schedule(
        Duration.ofSeconds(1),
        () -> {
          log("first");
          clock.execute(() -> log("queued"));
          clock.schedule(Duration.ofSeconds(1), () -> log("second"));
        });

    clock.advance(Duration.ofSeconds(2));

    assertThat(ran).containsExactly("first at PT1S", "queued at PT1S", "second at PT2S");
  }

  @Test
  void executeOnlyQueues() {
    clock.execute(() -> log("task"));
    assertThat(ran).isEmpty();

    clock.run();
    assertThat(ran).containsExactly("task at PT0S");
  }

  @Test
  void cancelledTasksDoNotRun() {
    clock.schedule(Duration.ofSeconds(1), () -> log("task")).cancel();

    clock.advance(Duration.ofHours(1));

    assertThat(ran).isEmpty();
  }

  @Test
  void tickerAndWallClockMoveTogether() {
    var nanos = clock.nanos();

    clock.advance(Duration.ofMinutes(2));

    assertThat(clock.nanos() - nanos).isEqualTo(Duration.ofMinutes(2).toNanos());
    assertThat(clock.clock().instant()).isEqualTo(ManualClock.START.plus(Duration.ofMinutes(2)));
  }

  private void log(String what) {
    ran.add(what + " at " + clock.elapsed());
  }
}
