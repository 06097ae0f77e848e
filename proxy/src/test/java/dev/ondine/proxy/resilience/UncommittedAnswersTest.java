package dev.ondine.proxy.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Failure;
import dev.ondine.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UncommittedAnswersTest {
  private final ManualClock clock = new ManualClock();
  private final UncommittedAnswers answers = new UncommittedAnswers();
  private final List<String> committed = new ArrayList<>();

  private void hold(String name) {
    answers.hold(
        new ManualBody(BodyStream.UNKNOWN),
        clock,
        new UncommittedAnswers.Outcome() {
          @Override
          public void commit(BodyStream body) {
            if (name.equals("bad")) {
              throw new IllegalStateException("bad");
            }
            committed.add(name);
          }

          @Override
          public void takeBack(Failure failure) {
            throw new AssertionError(failure);
          }
        });
  }

  @Test
  void oneThatFailsHoldsNoOtherBack() {
    hold("bad");
    hold("same time");
    clock.advance(Duration.ofMillis(10));
    hold("later");

    assertThatThrownBy(() -> clock.advance(Duration.ofMillis(50))).hasMessage("bad");
    clock.advance(Duration.ofMillis(50));
    hold("next");
    clock.advance(Duration.ofMillis(50));

    assertThat(committed).containsExactly("same time", "later", "next");
  }
}
