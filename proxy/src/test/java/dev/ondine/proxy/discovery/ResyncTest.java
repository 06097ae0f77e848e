package dev.ondine.proxy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.ServiceState;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A name whose endpoints cannot be reached is asked for again, and serves meanwhile. */
class ResyncTest {
  private static final String ORDERS = "orders.default.mesh";

  private final CacheFixture mesh = new CacheFixture(Map.of());
  private final FakeControl control = mesh.control;

  @BeforeEach
  void ordersIsWarm() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1"));
  }

  @Test
  void oneFailureIsNotEnough() {
    failures(2);

    assertThat(mesh.word("orders")).isEqualTo("warm");
    assertThat(control.resynced()).isEmpty();
  }

  @Test
  void failuresFarApartAreNotEnough() {
    for (var i = 0; i < 6; i++) {
      failures(1);
      mesh.passes(Duration.ofSeconds(6));
    }

    assertThat(control.resynced()).isEmpty();
  }

  @Test
  void repeatedFailuresAskAgainAndTheOldBundleServesMeanwhile() {
    failures(3);

    assertThat(mesh.state("orders")).isInstanceOf(ServiceState.Resync.class);
    assertThat(control.resynced()).containsExactly(ORDERS);
    assertThat(mesh.call("orders").outcome()).isInstanceOf(Outcome.Found.class);
  }

  @Test
  void theAnswerEndsTheDoubt() {
    failures(3);

    control.has(Shop.http("orders", "10.0.0.2"));

    assertThat(mesh.word("orders")).isEqualTo("warm");
    assertThat(mesh.state("orders").toString()).contains("10.0.0.2").doesNotContain("10.0.0.1");
  }

  @Test
  void withoutAnAnswerTheLastGoodBundleIsWarmAgain() {
    failures(3);
    mesh.passes(Duration.ofSeconds(2));

    assertThat(mesh.word("orders")).isEqualTo("warm");
  }

  @Test
  void aNameIsAskedAgainAtMostOnceInTenSeconds() {
    failures(100);
    control.has(Shop.http("orders", "10.0.0.1"));
    failures(100);
    mesh.passes(Duration.ofSeconds(9));
    failures(100);
    assertThat(control.resynced()).hasSize(1);

    mesh.passes(Duration.ofSeconds(1));
    failures(3);
    assertThat(control.resynced()).hasSize(2);
  }

  @Test
  void aServiceThatIsGoneIsMissingAfterTheResync() {
    failures(3);

    control.lacks(ORDERS);

    assertThat(mesh.word("orders")).isEqualTo("missing");
  }

  private void failures(int count) {
    for (var i = 0; i < count; i++) {
      mesh.cache.connectFailed(Shop.key("orders"));
    }
    control.clock.run();
  }
}
