package dev.ondine.control.census;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.control.registry.ServiceKey;
import dev.ondine.control.registry.TestWorld;
import dev.ondine.control.registry.WorkloadKey;
import dev.ondine.control.registry.World;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.InboundSecurity.Mtls;
import dev.ondine.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AssessmentTest {
  private static final Duration WINDOW = Duration.ofMinutes(10);
  private static final WorkloadKey ORDERS = new WorkloadKey("shop", "orders-0");

  private final ManualClock clock = new ManualClock();
  private final Census census = new Census(CensusSettings.DEFAULTS, clock.clock());
  private final TestWorld world =
      new TestWorld()
          .service("orders.shop", TestWorld.port(80, AppProtocol.HTTP))
          .workload("orders.shop", "orders-0", "10.0.0.1")
          .takesMtls("orders.shop")
          .service("web.shop", TestWorld.port(80, AppProtocol.HTTP))
          .workload("web.shop", "web-0", "fd00::9");

  private ServiceMtls orders() {
    return of(world.build());
  }

  private ServiceMtls of(World now) {
    var view = now.service(new ServiceKey("shop", "orders")).orElseThrow();
    return new Assessment(now, census, Addresses.of(now, List.of()), WINDOW).of(view);
  }

  private void reported(String mtls, Instant since, Report.Plaintext... plaintext) {
    var proven =
        new Report.Proven("spiffe://mesh.local/ns/shop/sa/web", 1, 5, clock.clock().instant());
    census.reported(ORDERS, new Report(mtls, since, List.of(plaintext), List.of(proven)));
  }

  private Report.Plaintext plaintext(String address) {
    return new Report.Plaintext(address, 80, 2, 7, clock.clock().instant());
  }

  @Test
  void whoWasWatchedLongEnoughAndIsCalledByNobodyInTheClearIsSafe() {
    clock.leap(WINDOW);
    reported("permissive", ManualClock.START);

    assertThat(orders().blockers()).isEmpty();
    assertThat(orders().by()).isEqualTo("default");
    assertThat(orders().withIdentity()).containsExactly("orders-0.shop");
    assertThat(orders().proven()).extracting(ServiceMtls.Proven::requests).containsExactly(5L);
  }

  @Test
  void aCallerInTheClearStandsInTheWayForTheWindow() {
    clock.leap(WINDOW);
    reported("permissive", ManualClock.START, plaintext("fd00:0:0:0:0:0:0:9"));
    clock.leap(Duration.ofSeconds(90));

    assertThat(orders().blockers())
        .containsExactly(
            "fd00:0:0:0:0:0:0:9 (web-0.shop) calls orders-0.shop:80 in the clear: 2 connections, 7"
                + " requests, the last 1m30s ago");

    clock.leap(WINDOW);
    assertThat(orders().blockers()).isEmpty();
    assertThat(orders().plaintext()).as("still told").hasSize(1);
  }

  @Test
  void aPortThatStaysAsItIsDoesNotStandInTheWay() {
    clock.leap(WINDOW);
    world.security(
        "orders.shop", new InboundSecurity(Mtls.PERMISSIVE, Map.of(80, Mtls.PERMISSIVE), Map.of()));
    reported("permissive", ManualClock.START, plaintext("10.0.0.7"));

    assertThat(orders().blockers()).isEmpty();
    assertThat(orders().plaintext())
        .extracting(ServiceMtls.Plaintext::blocks)
        .containsExactly(false);
  }

  @Test
  void whatIsNotKnownIsNotSafe() {
    assertThat(orders().blockers()).containsExactly("orders-0.shop has not told yet who calls it");

    reported("permissive", ManualClock.START);
    clock.leap(Duration.ofSeconds(20));
    assertThat(orders().blockers())
        .containsExactly("orders-0.shop has counted its callers for 20s only, not for 10m");

    reported("disabled", ManualClock.START);
    assertThat(orders().blockers())
        .containsExactly("orders-0.shop demands disabled, and not permissive yet");
    assertThat(orders().behind()).containsExactly("orders-0.shop");
  }

  @Test
  void workloadsWithoutIdentityAreNamed() {
    clock.leap(WINDOW);
    reported("permissive", ManualClock.START);
    world.workload("orders.shop", "orders-1", "10.0.0.2");

    assertThat(orders().withoutIdentity()).containsExactly("orders-1.shop");
    assertThat(orders().blockers()).containsExactly("orders-1.shop: its sidecar has no identity");
  }

  @Test
  void whereItIsDisabledNobodyWasCounted() {
    clock.leap(WINDOW);
    world.mtls("orders.shop", Mtls.DISABLED);
    reported("disabled", ManualClock.START);

    assertThat(orders().by()).isEqualTo("MeshIdentity/shop/mtls");
    assertThat(orders().blockers())
        .containsExactly(
            "orders.shop is disabled, and nobody is counted there: make it permissive first, and"
                + " wait 10m");
  }

  @Test
  void whatIsStrictNeedsNothing() {
    world.mtls("orders.shop", Mtls.STRICT);
    assertThat(orders().blockers()).isEmpty();
    assertThat(orders().behind()).as("has not told").containsExactly("orders-0.shop");

    reported("strict", ManualClock.START);
    assertThat(orders().behind()).isEmpty();
  }

  @Test
  void reportsAreForgottenWithTheirWorkloadsAndInTime() {
    reported("permissive", ManualClock.START, plaintext("10.0.0.7"));
    clock.leap(Duration.ofMinutes(40));
    census.unchanged(ORDERS);
    clock.leap(Duration.ofMinutes(40));
    assertThat(census.report(ORDERS))
        .hasValueSatisfying(report -> assertThat(report.plaintext()).as("too old").isEmpty());

    clock.leap(Duration.ofMinutes(40));
    assertThat(census.report(ORDERS)).as("not heard of").isEmpty();

    reported("permissive", ManualClock.START);
    census.gone(ORDERS);
    assertThat(census.report(ORDERS)).isEmpty();
  }

  @Test
  void theNumberOfReportsIsBounded() {
    var small = new Census(new CensusSettings(2, 1, Duration.ofHours(1), WINDOW, 1), clock.clock());
    var report =
        new Report(
            "permissive",
            ManualClock.START,
            List.of(plaintext("10.0.0.7"), plaintext("10.0.0.8")),
            List.of());
    for (var i = 0; i < 3; i++) {
      small.reported(new WorkloadKey("shop", "w-" + i), report);
    }

    assertThat(small.report(new WorkloadKey("shop", "w-1")).orElseThrow().plaintext()).hasSize(1);
    assertThat(small.report(new WorkloadKey("shop", "w-2"))).isEmpty();
    clock.leap(Duration.ofMinutes(61));
    small.reported(new WorkloadKey("shop", "w-2"), report);
    assertThat(small.report(new WorkloadKey("shop", "w-2"))).isPresent();
  }
}
