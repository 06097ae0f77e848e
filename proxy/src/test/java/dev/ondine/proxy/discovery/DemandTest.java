package dev.ondine.proxy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.ServiceState;
import dev.ondine.xds.codec.ResourceType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The first use of a name: asking once, waiting, and how long. */
class DemandTest {
  private static final String ORDERS = "orders.default.mesh";

  private final CacheFixture mesh = new CacheFixture(Map.of());
  private final FakeControl control = mesh.control;

  @Test
  void aSidecarStartsKnowingNothing() {
    assertThat(mesh.state("orders")).isInstanceOf(ServiceState.Unknown.class);
    assertThat(control.flushes()).isEmpty();
  }

  @Test
  void firstUseAsksForAllFourResourcesInOneFlush() {
    var caller = mesh.call("orders");

    assertThat(mesh.state("orders")).isInstanceOf(ServiceState.Requested.class);
    assertThat(control.flushes())
        .containsExactly(
            List.of(
                "CLUSTER " + ORDERS,
                "ENDPOINTS " + ORDERS,
                "LISTENER " + ORDERS,
                "ROUTES " + ORDERS));
    assertThat(caller.waits()).isTrue();

    control.has(Shop.http("orders", "10.0.0.1"));
    assertThat(caller.outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(mesh.state("orders")).isInstanceOf(ServiceState.Warm.class);
  }

  @Test
  void laterCallersJoinTheWaitAndAllAreTold() {
    var first = mesh.call("orders");
    var second = mesh.call("orders.default");
    var third = mesh.call("ORDERS.default.mesh:80");

    assertThat(control.asked()).containsExactly(List.of(ORDERS));
    control.has(Shop.http("orders", "10.0.0.1"));

    for (var caller : List.of(first, second, third)) {
      assertThat(caller.outcome()).isInstanceOf(Outcome.Found.class);
    }
    assertThat(control.subscriptions()).isEqualTo(4);
  }

  @Test
  void theSecondDistinctNameIsNotDropped() {
    var orders = mesh.call("orders");
    var cart = mesh.call("cart");

    control.has(Shop.http("cart", "10.0.0.2"));
    assertThat(cart.outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(orders.waits()).isTrue();

    control.has(Shop.http("orders", "10.0.0.1"));
    assertThat(orders.outcome()).isInstanceOf(Outcome.Found.class);
  }

  @Test
  void namesDemandedTogetherLeaveInOneFlush() {
    IntStream.range(0, 200)
        .forEach(
            i ->
                mesh.cache.await(
                    Shop.key("svc-" + i), Services.NO_DEADLINE, control.clock, _ -> {}));
    control.clock.run();

    assertThat(control.asked()).hasSize(1);
    assertThat(control.asked().getFirst()).hasSize(200);
  }

  @Test
  void aWarmNameIsNotAskedForAgain() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(mesh.call("orders").outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(control.asked()).hasSize(1);
  }

  @Test
  void theWaitEndsAfterTwoSeconds() {
    var caller = mesh.call("orders");

    mesh.passes(Duration.ofMillis(1_999));
    assertThat(caller.waits()).isTrue();
    mesh.passes(Duration.ofMillis(1));

    assertThat(caller.gaveUp()).isEqualTo(Outcome.Why.TIMEOUT);
  }

  @Test
  void afterATimeoutTheNextRequestAsksAgainAndIsServed() {
    mesh.call("orders");
    mesh.passes(Duration.ofSeconds(2));
    assertThat(mesh.state("orders")).isInstanceOf(ServiceState.Unknown.class);
    assertThat(control.subscribed()).isEmpty();

    var next = mesh.call("orders");
    assertThat(control.asked()).containsExactly(List.of(ORDERS), List.of(ORDERS));
    control.has(Shop.http("orders", "10.0.0.1"));
    assertThat(next.outcome()).isInstanceOf(Outcome.Found.class);
  }

  @Test
  void underContinuousTrafficAnUnansweredNameIsAskedAgain() {
    mesh.call("orders");
    mesh.passes(Duration.ofMillis(1_500));
    var later = mesh.call("orders");
    mesh.passes(Duration.ofMillis(600));

    assertThat(control.resynced()).containsExactly(ORDERS);
    control.has(Shop.http("orders", "10.0.0.1"));
    assertThat(later.outcome()).isInstanceOf(Outcome.Found.class);
  }

  @Test
  void theCallersOwnDeadlineEndsTheWaitEarlier() {
    var hasty = mesh.callWithin(Duration.ofMillis(50), "orders");
    var patient = mesh.call("orders");

    mesh.passes(Duration.ofMillis(50));

    assertThat(hasty.gaveUp()).isEqualTo(Outcome.Why.TIMEOUT);
    assertThat(patient.waits()).isTrue();
  }

  @Test
  void hastyCallersDoNotKeepANameFromBeingFound() {
    mesh.callWithin(Duration.ofMillis(50), "orders");
    mesh.passes(Duration.ofMillis(60));
    assertThat(mesh.word("orders")).isEqualTo("requested");

    control.has(Shop.http("orders", "10.0.0.1"));
    assertThat(mesh.word("orders")).isEqualTo("warm");
  }

  @Test
  void theClockOfTheWaitStandsWhileTheStreamIsDown() {
    var caller = mesh.call("orders");
    mesh.passes(Duration.ofSeconds(1));
    control.down();
    mesh.passes(Duration.ofMinutes(3));
    assertThat(caller.waits()).isTrue();

    control.up();
    mesh.passes(Duration.ofMillis(999));
    assertThat(caller.waits()).isTrue();
    mesh.passes(Duration.ofMillis(1));
    assertThat(caller.gaveUp()).isEqualTo(Outcome.Why.TIMEOUT);
  }

  @Test
  void theCallersDeadlineRunsWhileTheStreamIsDown() {
    control.down();
    var caller = mesh.callWithin(Duration.ofMillis(50), "orders");

    mesh.passes(Duration.ofMillis(50));

    assertThat(caller.gaveUp()).isEqualTo(Outcome.Why.TIMEOUT);
  }

  @Test
  void aCallerThatLeftIsForgotten() {
    var gone = mesh.call("orders");
    var stays = mesh.call("orders");
    gone.leaves();
    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(gone.outcomes()).isEmpty();
    assertThat(stays.outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(mesh.figure("ondine_discovery_waiters")).isZero();
    assertThat(mesh.figure("ondine_discovery_waits_total{outcome=\"left\"}")).isEqualTo(1);
  }

  @Test
  void aNameThatEverybodyLeftIsUnsubscribedWhenControlKeepsSilent() {
    mesh.call("orders").leaves();
    mesh.passes(Duration.ofSeconds(2));

    assertThat(control.subscribed()).isEmpty();
    assertThat(control.clock.timers()).isZero();
  }

  @Test
  void theReportTellsHowLongTheFirstCallerWaited() {
    mesh.call("orders");
    mesh.passes(Duration.ofMillis(7));
    control.has(Shop.http("orders", "10.0.0.1", "10.0.0.2"));
    mesh.use("orders").release();
    mesh.passes(Duration.ofSeconds(3));

    var report = mesh.report("orders");
    assertThat(report.state()).isEqualTo("warm");
    assertThat(report.waited()).contains(Duration.ofMillis(7));
    assertThat(report.inState()).isEqualTo(Duration.ofSeconds(3));
    assertThat(report.endpoints()).isEqualTo(2);
    assertThat(report.requests()).isEqualTo(1);
  }

  @Test
  void everyTransitionIsCounted() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(mesh.figure("ondine_discovery_transitions_total{from=\"unknown\",to=\"requested\"}"))
        .isEqualTo(1);
    assertThat(mesh.figure("ondine_discovery_transitions_total{from=\"requested\",to=\"warm\"}"))
        .isEqualTo(1);
    assertThat(mesh.figure("ondine_discovery_names{state=\"warm\"}")).isEqualTo(1);
    assertThat(mesh.figure("ondine_discovery_names{state=\"requested\"}")).isZero();
  }

  @Test
  void onlyTheResourcesOfTheNameAreAskedFor() {
    mesh.call("orders");
    for (var type : ResourceType.values()) {
      control.has(type, ORDERS, Shop.http("orders", "10.0.0.1"));
    }

    assertThat(control.flushes()).hasSize(1);
  }
}
