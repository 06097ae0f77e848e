package dev.ondine.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.testkit.BusyScheduler;
import dev.ondine.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppReadinessTest {
  private static final Optional<String> NOT_YET = Optional.of("not yet");

  private final ManualClock clock = new ManualClock();
  private final BusyScheduler scheduler = new BusyScheduler(clock);
  private final List<Optional<String>> told = new ArrayList<>();
  private Optional<String> problem = Optional.of("not yet");
  private int checks;
  private boolean broken;
  private boolean full;
  private boolean deaf;
  private final AppReadiness readiness =
      new AppReadiness(
          () -> {
            checks++;
            if (broken) {
              throw new IllegalStateException("broken");
            }
            return problem;
          },
          scheduler,
          task -> {
            if (full) {
              throw new RejectedExecutionException("full");
            }
            task.run();
          },
          problem -> {
            if (deaf) {
              throw new IllegalStateException("deaf");
            }
            told.add(problem);
          });

  @BeforeEach
  void start() {
    readiness.start();
    clock.run();
  }

  @Test
  void anAppThatComesUpIsSeenSoon() {
    clock.advance(Duration.ofSeconds(3));
    assertThat(told).containsExactly(NOT_YET);

    problem = Optional.empty();
    clock.advance(Duration.ofMillis(50));

    assertThat(told).containsExactly(NOT_YET, Optional.empty());
  }

  @Test
  void aReadyAppIsCheckedOnceInASecond() {
    problem = Optional.empty();
    clock.advance(Duration.ofMillis(50));
    var before = checks;

    clock.advance(Duration.ofSeconds(10));

    assertThat(checks - before).isEqualTo(10);
    assertThat(told).containsExactly(NOT_YET, Optional.empty());
  }

  @Test
  void oneFailureIsForgivenTwoInARowAreNot() {
    problem = Optional.empty();
    clock.advance(Duration.ofMillis(50));
    problem = Optional.of("gone");
    clock.advance(Duration.ofSeconds(1));
    assertThat(told).containsExactly(NOT_YET, Optional.empty());

    clock.advance(Duration.ofSeconds(1));
    assertThat(told).containsExactly(NOT_YET, Optional.empty(), Optional.of("gone"));
    problem = Optional.empty();
    clock.advance(Duration.ofMillis(50));
    assertThat(told).hasSize(4).endsWith(Optional.empty());
  }

  @Test
  void aCheckThatFailsInItselfIsAProblemAndIsRepeated() {
    problem = Optional.empty();
    clock.advance(Duration.ofMillis(50));
    broken = true;
    clock.advance(Duration.ofSeconds(2));
    assertThat(told).hasSize(3);
    assertThat(told.getLast().orElse("")).contains("the check failed", "broken");

    broken = false;
    clock.advance(Duration.ofMillis(50));
    assertThat(told).hasSize(4).endsWith(Optional.empty());
  }

  @Test
  void aCheckThatHasNoRoomIsAProblemAndIsRepeated() {
    full = true;
    clock.advance(Duration.ofSeconds(1));
    full = false;
    problem = Optional.empty();
    clock.advance(Duration.ofMillis(50));
    assertThat(told).containsExactly(NOT_YET, Optional.empty());
  }

  @Test
  void itGoesOnWhereTheSchedulerHasNoRoom() {
    problem = Optional.empty();
    scheduler.rejectTimers(3);
    clock.advance(Duration.ofMillis(100));
    scheduler.rejectTasks(1);
    clock.advance(Duration.ofSeconds(2));
    assertThat(scheduler.toReject()).isZero();
    var before = checks;

    clock.advance(Duration.ofSeconds(10));

    assertThat(checks - before).isEqualTo(10);
    assertThat(told).containsExactly(NOT_YET, Optional.empty());
  }

  @Test
  void whatCouldNotBeToldIsToldAfterTheNextLook() {
    problem = Optional.empty();
    deaf = true;
    assertThatThrownBy(() -> clock.advance(Duration.ofMillis(50))).hasMessage("deaf");
    assertThat(told).containsExactly(NOT_YET);

    deaf = false;
    clock.advance(Duration.ofMillis(50));
    assertThat(told).containsExactly(NOT_YET, Optional.empty());
  }

  @Test
  void afterTheStopNothingIsChecked() {
    readiness.stop();
    clock.run();
    var before = checks;

    clock.advance(Duration.ofMinutes(1));

    assertThat(checks).isEqualTo(before);
    assertThat(clock.timers()).isZero();
  }
}
