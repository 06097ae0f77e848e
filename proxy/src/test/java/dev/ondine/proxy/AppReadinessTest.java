package dev.ondine.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppReadinessTest {
  private static final Optional<String> NOT_YET = Optional.of("not yet");

  private final ManualClock clock = new ManualClock();
  private final List<Optional<String>> told = new ArrayList<>();
  private Optional<String> problem = Optional.of("not yet");
  private int checks;
  private final AppReadiness readiness =
      new AppReadiness(
          () -> {
            checks++;
            return problem;
          },
          clock,
          Runnable::run,
          told::add);

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
  void afterTheStopNothingIsChecked() {
    readiness.stop();
    clock.run();
    var before = checks;

    clock.advance(Duration.ofMinutes(1));

    assertThat(checks).isEqualTo(before);
    assertThat(clock.timers()).isZero();
  }
}
