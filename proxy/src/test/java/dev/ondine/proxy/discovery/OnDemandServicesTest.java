package dev.ondine.proxy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.HttpExchange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The layer with the real cache below and a fake control plane behind it. */
class OnDemandServicesTest {
  private static final String ORDERS = "orders.default.mesh";

  private final CacheFixture mesh = new CacheFixture(Map.of());
  private final FakeControl control = mesh.control;
  private final List<HttpExchange> served = new ArrayList<>();
  private final OnDemandServices layer = layer(Map.of());

  private OnDemandServices layer(Map<String, String> settings) {
    return new OnDemandServices(mesh.cache, "default", DiscoverySettings.parse(settings));
  }

  private FakeExchange send(FakeExchange exchange) {
    layer.around(served::add).serve(exchange);
    control.clock.run();
    return exchange;
  }

  private FakeExchange get(String authority) {
    return send(FakeExchange.to(authority, control.clock));
  }

  @Test
  void firstRequestWaitsUntilTheServiceIsWarm() {
    var exchange = get("orders");
    assertThat(control.asked()).containsExactly(List.of(ORDERS));
    assertThat(served).isEmpty();

    mesh.passes(Duration.ofMillis(9));
    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(served).containsExactly(exchange);
    assertThat(exchange.info().discoveryWaitNanos()).isEqualTo(9_000_000);
    assertThat(exchange.info().bundle()).isNotNull();
    assertThat(exchange.info().demand()).isEqualTo(Shop.key("orders"));
  }

  @Test
  void warmRequestIsServedAtOnce() {
    get("orders");
    control.has(Shop.http("orders", "10.0.0.1"));

    var exchange = FakeExchange.to("orders", control.clock);
    layer.around(served::add).serve(exchange);

    assertThat(served).contains(exchange);
    assertThat(exchange.info().discoveryWaitNanos()).isZero();
  }

  @Test
  void aRequestWithABodyIsResumedAndItsBodyIsNotReadMeanwhile() {
    var exchange = send(FakeExchange.upload("orders", BodyStream.UNKNOWN, control.clock));
    assertThat(exchange.bodyWanted()).isFalse();

    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(served).containsExactly(exchange);
  }

  @Test
  void clientThatLeftIsNotServed() {
    var exchange = get("orders");

    exchange.abort();
    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(served).isEmpty();
    assertThat(mesh.figure("ondine_discovery_waiters")).isZero();
  }

  @Test
  void deadlinePassesBeforeDiscovery() {
    var exchange = send(FakeExchange.to("orders", control.clock).within(Duration.ofMillis(50)));

    mesh.passes(Duration.ofMillis(50));

    assertThat(exchange.replied()).isEqualTo("504 deadline_exceeded");
    assertThat(exchange.header("x-ondine-reason")).isEqualTo("deadline_exceeded");
  }

  @Test
  void deadlineOfGrpcPassesBeforeDiscovery() {
    var exchange = send(FakeExchange.grpc("orders", control.clock).within(Duration.ofMillis(50)));

    mesh.passes(Duration.ofMillis(50));

    assertThat(exchange.replied()).isEqualTo("200 deadline_exceeded");
    assertThat(exchange.header("grpc-status")).isEqualTo("4");
    assertThat(exchange.header("grpc-message")).contains("orders.default.mesh");
  }

  @Test
  void discoveryTakesTooLong() {
    var exchange = send(FakeExchange.to("orders", control.clock).within(Duration.ofHours(1)));

    mesh.passes(Duration.ofSeconds(2));

    assertThat(exchange.replied()).isEqualTo("503 discovery_timeout");
    assertThat(exchange.header("x-ondine-reason")).isEqualTo("discovery_timeout");
  }

  @Test
  void deadlineIsNoReasonToGoOutside() {
    var exchange = send(FakeExchange.to("a.b", control.clock).within(Duration.ofMillis(50)));

    mesh.passes(Duration.ofMillis(50));

    assertThat(exchange.replied()).isEqualTo("504 deadline_exceeded");
    assertThat(served).isEmpty();
  }

  @Test
  void anUnknownServiceIs404AtOnceTheTenthTimeAsTheFirst() {
    var first = get("orders");
    control.lacks(ORDERS);
    assertThat(first.replied()).isEqualTo("404 no_such_service");

    for (var i = 0; i < 9; i++) {
      assertThat(get("orders").replied()).isEqualTo("404 no_such_service");
    }
    assertThat(control.asked()).hasSize(1);
  }

  @Test
  void aForbiddenServiceIs403() {
    var exchange = get("orders");
    control.denies(ORDERS, "not for you");

    assertThat(exchange.replied()).isEqualTo("403 not_permitted");
    assertThat(get("orders").replied()).isEqualTo("403 not_permitted");
  }

  @Test
  void grpcIsAnsweredWithTrailersOnly() {
    var exchange = send(FakeExchange.grpc("orders", control.clock));
    control.lacks(ORDERS);

    assertThat(exchange.replied()).isEqualTo("200 no_such_service");
    assertThat(exchange.header("grpc-status")).isEqualTo("12");
    assertThat(exchange.header("grpc-message")).startsWith("no_such_service");
  }

  @Test
  void aLateServiceIsServedWithoutWaiting() {
    get("orders");
    control.lacks(ORDERS);
    control.has(Shop.http("orders", "10.0.0.1"));

    var exchange = get("orders");

    assertThat(served).containsExactly(exchange);
  }

  @Test
  void theNameIsKeptWhileAnExchangeLasts() {
    var exchange = get("orders");
    control.has(Shop.http("orders", "10.0.0.1"));

    mesh.passes(Duration.ofHours(1));
    assertThat(mesh.word("orders")).isEqualTo("warm");
    exchange.end();
    mesh.passes(Duration.ofMinutes(6));

    assertThat(mesh.word("orders")).isEqualTo("unknown");
  }

  @Test
  void aForgottenNameIsDiscoveredAgain() {
    get("orders").end();
    control.has(Shop.http("orders", "10.0.0.1"));
    served.forEach(exchange -> ((FakeExchange) exchange).end());
    mesh.passes(Duration.ofMinutes(6));
    assertThat(mesh.word("orders")).isEqualTo("unknown");

    var exchange = get("orders");

    assertThat(served).contains(exchange);
    assertThat(control.asked()).hasSize(2);
  }

  @Test
  void anOutsideNameGoesOnWithoutDiscovery() {
    var exchange = get("www.example.com");

    assertThat(served).containsExactly(exchange);
    assertThat(exchange.info().bundle()).isNull();
    assertThat(control.asked()).isEmpty();
  }

  @Test
  void aNameThatLooksLikeAMeshNameGoesOutsideWhenMissing() {
    var exchange = get("example.com");
    assertThat(served).isEmpty();

    control.lacks("example.com.mesh");

    assertThat(served).containsExactly(exchange);
    assertThat(exchange.info().bundle()).isNull();
  }

  @Test
  void aNameThatLooksLikeAMeshNameIsNotHeldForControlThatIsAway() {
    control.down();
    var exchange = get("example.com");

    mesh.passes(Duration.ofSeconds(2));

    assertThat(served).containsExactly(exchange);
    var later = get("example.org");
    assertThat(served).as("control has been away for long").containsExactly(exchange, later);
  }

  @Test
  void heldBodiesAreBounded() {
    var small = layer(Map.of("heldBytes", "70000")).around(served::add);
    var first = FakeExchange.upload("orders", BodyStream.UNKNOWN, control.clock);
    var second = FakeExchange.upload("orders", 1_000_000, control.clock);
    var third = FakeExchange.upload("orders", 100, control.clock);
    for (var exchange : List.of(first, second, third)) {
      small.serve(exchange);
    }
    control.clock.run();
    assertThat(second.replied()).isEqualTo("503 discovery_overflow");
    assertThat(third.replied()).isEmpty();

    first.abort();
    var fourth = FakeExchange.upload("orders", 1_000_000, control.clock);
    small.serve(fourth);
    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(served).containsExactly(third, fourth);
  }

  @Test
  void capacityIsAnswered() {
    var full = new CacheFixture(Map.of("warmNames", "1"));
    full.call("cart");
    full.control.has(Shop.http("cart", "10.0.0.1"));
    full.use("cart");
    var exchange = FakeExchange.to("orders", full.control.clock);
    new OnDemandServices(full.cache, "default", DiscoverySettings.DEFAULTS)
        .around(served::add)
        .serve(exchange);
    full.control.clock.run();
    full.control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(exchange.replied()).isEqualTo("503 discovery_capacity");
  }
}
