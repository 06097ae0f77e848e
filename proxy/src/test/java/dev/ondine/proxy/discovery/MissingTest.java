package dev.ondine.proxy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.ServiceState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Names that do not exist, or that this sidecar may not have. */
class MissingTest {
  private static final String ORDERS = "orders.default.mesh";

  private final CacheFixture mesh =
      new CacheFixture(Map.of("missingNames", "3", "missingFor", "10m"));
  private final FakeControl control = mesh.control;

  @Test
  void allWaitersAreAnsweredAtOnce() {
    var first = mesh.call("orders");
    var second = mesh.call("orders");

    control.lacks(ORDERS);

    assertThat(first.outcome()).isEqualTo(new Outcome.Missing(Shop.key("orders")));
    assertThat(second.outcome()).isEqualTo(new Outcome.Missing(Shop.key("orders")));
  }

  @Test
  void theTenthTimeIsAsTheFirstAndAsksNobody() {
    mesh.call("orders");
    control.lacks(ORDERS);

    for (var i = 0; i < 9; i++) {
      assertThat(mesh.call("orders").outcome()).isInstanceOf(Outcome.Missing.class);
    }
    assertThat(control.asked()).hasSize(1);
  }

  @Test
  void aServiceCreatedLaterIsPushedAndUsableAtOnce() {
    mesh.call("orders");
    control.lacks(ORDERS);
    mesh.passes(Duration.ofMinutes(5));

    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(mesh.word("orders")).isEqualTo("warm");
    assertThat(mesh.call("orders").outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(control.asked()).hasSize(1);
    assertThat(mesh.report("orders").waited()).isEmpty();
  }

  @Test
  void aRemovedServiceIsMissingAtOnceUnderContinuousTraffic() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1"));
    mesh.use("orders");

    control.lacks(ORDERS);

    assertThat(mesh.state("orders")).isInstanceOf(ServiceState.Missing.class);
    assertThat(mesh.call("orders").outcome()).isInstanceOf(Outcome.Missing.class);
  }

  @Test
  void theLeastRecentlyUsedNameMakesRoomAndIsUnsubscribed() {
    for (var name : List.of("a", "b", "c")) {
      mesh.call(name);
      control.lacks(name + ".default.mesh");
      mesh.passes(Duration.ofSeconds(1));
    }
    assertThat(mesh.word("a")).isEqualTo("missing"); // a use of a, by asking

    mesh.call("d");
    control.lacks("d.default.mesh");

    assertThat(control.subscribed())
        .containsExactly("a.default.mesh", "c.default.mesh", "d.default.mesh");
    assertThat(mesh.word("b")).isEqualTo("unknown");
  }

  @Test
  void aFloodOfRandomNamesStaysWithinTheBound() {
    IntStream.range(0, 500)
        .forEach(
            i -> {
              mesh.call("random-" + i);
              control.lacks("random-" + i + ".default.mesh");
            });

    assertThat(control.subscribed()).hasSize(3);
    assertThat(mesh.figure("ondine_discovery_names{state=\"missing\"}")).isEqualTo(3);
    assertThat(mesh.metrics.scrape()).doesNotContain("random-");
  }

  @Test
  void anUnusedNameIsUnsubscribedAfterItsTime() {
    mesh.call("orders");
    control.lacks(ORDERS);
    mesh.passes(Duration.ofMinutes(9));
    assertThat(control.subscribed()).isEqualTo(Set.of(ORDERS));

    mesh.passes(Duration.ofMinutes(2));

    assertThat(control.subscribed()).isEmpty();
    assertThat(mesh.word("orders")).isEqualTo("unknown");
  }

  @Test
  void askingKeepsANameWatched() {
    mesh.call("orders");
    control.lacks(ORDERS);
    mesh.passes(Duration.ofMinutes(9));
    assertThat(mesh.word("orders")).isEqualTo("missing");
    mesh.passes(Duration.ofMinutes(9));

    assertThat(control.subscribed()).isEqualTo(Set.of(ORDERS));
  }

  @Test
  void aDeniedNameSaysSoAndWhy() {
    var caller = mesh.call("orders");

    control.denies(ORDERS, "orders is not for default");

    assertThat(caller.outcome())
        .isEqualTo(new Outcome.Denied(Shop.key("orders"), "orders is not for default"));
    assertThat(mesh.call("orders").outcome()).isInstanceOf(Outcome.Denied.class);
    assertThat(control.asked()).hasSize(1);
  }

  @Test
  void aPermissionGivenLaterIsUsableAtOnce() {
    mesh.call("orders");
    control.denies(ORDERS, "not yet");

    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(mesh.word("orders")).isEqualTo("warm");
  }

  @Test
  void aPermissionTakenAwayIsDeniedAtOnce() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1"));

    control.denies(ORDERS, "no more");

    assertThat(mesh.state("orders"))
        .isEqualTo(new ServiceState.Denied(Shop.key("orders"), "no more"));
  }
}
