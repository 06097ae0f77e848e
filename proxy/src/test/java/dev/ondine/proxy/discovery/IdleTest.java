package dev.ondine.proxy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nobody uses is forgotten; what somebody uses is not. */
class IdleTest {
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final Duration JITTER = Duration.ofSeconds(30);
  private static final Duration DRAIN = Duration.ofSeconds(1);
  private static final String ORDERS = "orders.default.mesh";

  private final CacheFixture mesh = new CacheFixture(Map.of());
  private final FakeControl control = mesh.control;

  @BeforeEach
  void ordersIsWarm() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1"));
  }

  @Test
  void anUnusedNameGoesIdleThenDrainingThenIsUnsubscribed() {
    mesh.passes(IDLE.minusMillis(1));
    assertThat(mesh.word("orders")).isEqualTo("warm");
    mesh.passes(Duration.ofMillis(1));
    assertThat(mesh.word("orders")).isEqualTo("idle");

    mesh.passes(JITTER.plus(DRAIN));

    assertThat(mesh.word("orders")).isEqualTo("unknown");
    assertThat(control.subscribed()).isEmpty();
    assertThat(control.clock.timers()).isZero();
    assertThat(mesh.figure("ondine_discovery_transitions_total{from=\"draining\",to=\"unknown\"}"))
        .isEqualTo(1);
  }

  @Test
  void afterwardsTheNameIsDiscoveredAnew() {
    mesh.passes(IDLE.plus(JITTER).plus(DRAIN));

    assertThat(mesh.call("orders").outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(control.asked()).hasSize(2);
  }

  @Test
  void aNewUseOfAnIdleNameMakesItWarm() {
    mesh.passes(IDLE);
    assertThat(mesh.word("orders")).isEqualTo("idle");

    mesh.use("orders").release();

    assertThat(mesh.word("orders")).isEqualTo("warm");
    mesh.passes(IDLE.minusMillis(1));
    assertThat(mesh.word("orders")).isEqualTo("warm");
  }

  @Test
  void aNewUseOfADrainingNameMakesItWarm() {
    mesh.passes(IDLE);
    while (!mesh.word("orders").equals("draining")) {
      mesh.passes(Duration.ofMillis(100));
    }

    mesh.use("orders").release();
    mesh.passes(JITTER.plus(DRAIN));

    assertThat(mesh.word("orders")).isEqualTo("warm");
    assertThat(control.subscribed()).isEqualTo(Set.of(ORDERS));
  }

  @Test
  void aUseInTheLastMomentBeforeForgettingIsNotLost() {
    mesh.passes(IDLE);
    while (!mesh.word("orders").equals("draining")) {
      mesh.passes(Duration.ofMillis(100));
    }

    mesh.cache.use(Shop.key("orders")); // its own task has not run yet when the time is over
    mesh.passes(DRAIN);

    assertThat(mesh.word("orders")).isEqualTo("warm");
  }

  @Test
  void aNameWithReferencesIsNeverForgotten() {
    var stream = mesh.use("orders");
    mesh.passes(Duration.ofHours(1));
    assertThat(mesh.word("orders")).isEqualTo("warm");

    stream.release();
    mesh.passes(IDLE.minusMillis(1));
    assertThat(mesh.word("orders")).as("the idle time starts at the end").isEqualTo("warm");
    mesh.passes(IDLE.plus(JITTER).plus(DRAIN));
    assertThat(mesh.word("orders")).isEqualTo("unknown");
  }

  @Test
  void trafficKeepsANameWarm() {
    for (var minute = 0; minute < 30; minute++) {
      mesh.use("orders").release();
      mesh.passes(Duration.ofMinutes(1));
    }

    assertThat(mesh.word("orders")).isEqualTo("warm");
  }

  @Test
  void nothingIsForgottenWhileControlIsAway() {
    control.down();
    mesh.passes(Duration.ofHours(2));
    assertThat(mesh.call("orders").outcome()).isInstanceOf(Outcome.Found.class);

    control.up();
    mesh.passes(Duration.ofMinutes(11));
    assertThat(mesh.word("orders")).isEqualTo("unknown");
  }

  @Test
  void updatesReachAnIdleName() {
    mesh.passes(IDLE);
    control.has(Shop.http("orders", "10.0.0.7"));

    assertThat(mesh.word("orders")).isEqualTo("idle");
    assertThat(mesh.report("orders").endpoints()).isEqualTo(1);
    assertThat(mesh.state("orders").toString()).contains("10.0.0.7");
  }

  @Test
  void sidecarsDoNotForgetInStep() {
    var other = new CacheFixture(Map.of("idleJitter", "0s"));
    other.call("orders");
    other.control.has(Shop.http("orders", "10.0.0.1"));

    other.passes(IDLE.plus(DRAIN));
    mesh.passes(IDLE.plus(DRAIN));

    assertThat(other.word("orders")).isEqualTo("unknown");
    assertThat(mesh.word("orders")).isEqualTo("idle");
  }
}
