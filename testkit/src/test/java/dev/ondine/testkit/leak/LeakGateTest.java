package dev.ondine.testkit.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.container;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

class LeakGateTest {
  /** Run by hand below; its name keeps it out of Surefire's own search. */
  static class LosesBuffer {
    @Test
    void passes() {
      ByteBufAllocator.DEFAULT.buffer(16).writeInt(1);
    }
  }

  /** Likewise. */
  static class ReleasesBuffer {
    @Test
    void passes() {
      ByteBufAllocator.DEFAULT.buffer(16).writeInt(1).release();
    }
  }

  @Test
  void classThatLostBufferFailsThoughItsTestsPassed() {
    run(LosesBuffer.class)
        .assertThatEvents()
        .haveExactly(
            1,
            event(
                container(LosesBuffer.class),
                finishedWithFailure(
                    instanceOf(AssertionError.class),
                    message(text -> text.contains("LEAK: ByteBuf")))));
  }

  @Test
  void classThatReleasedItsBufferPasses() {
    assertThat(run(ReleasesBuffer.class).failed().count()).isZero();
  }

  private static Events run(Class<?> testClass) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(testClass))
        .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
        .execute()
        .allEvents();
  }
}
