package dev.ondine.proxy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each bound of discovery, and the answer when it is hit. */
class BoundsTest {
  @Test
  void namesBeyondThoseInFlightQueueUntilOneIsAnswered() {
    var mesh = new CacheFixture(Map.of("namesInFlight", "2"));
    mesh.call("a");
    mesh.call("b");
    var third = mesh.call("c");
    assertThat(mesh.control.subscribed()).containsExactly("a.default.mesh", "b.default.mesh");

    mesh.control.lacks("a.default.mesh");

    assertThat(mesh.control.subscribed()).contains("c.default.mesh");
    mesh.control.has(Shop.http("c", "10.0.0.3"));
    assertThat(third.outcome()).isInstanceOf(Outcome.Found.class);
  }

  @Test
  void aQueuedNameWaitsUntilItsDeadlineAndIsThenForgotten() {
    var mesh = new CacheFixture(Map.of("namesInFlight", "1"));
    mesh.call("a");
    mesh.passes(Duration.ofSeconds(1));
    var queued = mesh.callWithin(Duration.ofMillis(200), "b");

    mesh.passes(Duration.ofMillis(200));

    assertThat(queued.gaveUp()).isEqualTo(Outcome.Why.TIMEOUT);
    assertThat(mesh.word("b")).isEqualTo("unknown");
    assertThat(mesh.figure("ondine_discovery_names_queued")).isZero();
  }

  @Test
  void aFullQueueAnswersAtOnce() {
    var mesh = new CacheFixture(Map.of("namesInFlight", "1", "namesQueued", "1"));
    mesh.call("a");
    mesh.call("b");

    assertThat(mesh.call("c").gaveUp()).isEqualTo(Outcome.Why.OVERFLOW);
    assertThat(mesh.word("c")).isEqualTo("unknown");
  }

  @Test
  void tooManyWaitersForOneNameAreAnsweredAtOnce() {
    var mesh = new CacheFixture(Map.of("waitersPerName", "2"));
    mesh.call("orders");
    var second = mesh.call("orders");

    assertThat(mesh.call("orders").gaveUp()).isEqualTo(Outcome.Why.OVERFLOW);
    assertThat(second.waits()).isTrue();
    assertThat(mesh.call("cart").waits()).isTrue();
  }

  @Test
  void tooManyWaitersInAllAreAnsweredAtOnce() {
    var mesh = new CacheFixture(Map.of("waiters", "2"));
    mesh.call("orders").leaves();
    mesh.control.clock.run();
    mesh.call("orders");
    mesh.call("cart");

    assertThat(mesh.call("orders").gaveUp()).isEqualTo(Outcome.Why.OVERFLOW);
  }

  @Test
  void flushesBeyondTheBurstWaitForTheRate() {
    var mesh = new CacheFixture(Map.of("burst", "2", "perSecond", "10"));
    for (var name : List.of("a", "b", "c", "d")) {
      mesh.call(name);
    }
    assertThat(mesh.control.asked()).hasSize(2);

    mesh.passes(Duration.ofMillis(99));
    assertThat(mesh.control.asked()).hasSize(2);
    mesh.passes(Duration.ofMillis(1));

    assertThat(mesh.control.asked()).as("names in one flush count once").hasSize(3);
    assertThat(mesh.control.asked().getLast()).containsExactly("c.default.mesh", "d.default.mesh");
  }

  @Test
  void namesThatSurelyAreOfTheMeshGoFirst() {
    var mesh = new CacheFixture(Map.of("namesInFlight", "1"));
    mesh.call("a");
    mesh.call("example.com");
    mesh.call("b");

    mesh.control.lacks("a.default.mesh");

    assertThat(mesh.control.asked().getLast()).containsExactly("b.default.mesh");
  }

  @Test
  void aNamespaceThatWasMetIsKnownToBeOfTheMesh() {
    var mesh = new CacheFixture(Map.of("namesInFlight", "1"));
    mesh.call("cart.shop");
    mesh.control.has(Shop.http("cart.shop", "10.0.0.1"));
    mesh.call("a");
    mesh.call("example.com");
    mesh.call("orders.shop");

    mesh.control.lacks("a.default.mesh");

    assertThat(mesh.control.asked().getLast()).containsExactly("orders.shop.mesh");
  }

  @Test
  void theLeastRecentlyUsedWarmNameWithoutReferencesMakesRoom() {
    var mesh = new CacheFixture(Map.of("warmNames", "2"));
    var held = new ArrayList<Services.Use>();
    for (var name : List.of("a", "b")) {
      mesh.call(name);
      mesh.control.has(Shop.http(name, "10.0.0.1"));
      held.add(mesh.use(name));
      mesh.passes(Duration.ofSeconds(1));
    }
    held.get(1).release();

    mesh.call("c");
    mesh.control.has(Shop.http("c", "10.0.0.1"));

    assertThat(mesh.word("a")).as("older, but in use").isEqualTo("warm");
    assertThat(mesh.word("b")).isEqualTo("unknown");
    assertThat(mesh.word("c")).isEqualTo("warm");
    assertThat(mesh.control.subscribed()).containsExactly("a.default.mesh", "c.default.mesh");
  }

  @Test
  void whenAllWarmNamesAreInUseTheNewOneIsAnsweredCapacity() {
    var mesh = new CacheFixture(Map.of("warmNames", "1"));
    mesh.call("a");
    mesh.control.has(Shop.http("a", "10.0.0.1"));
    var use = mesh.use("a");

    var refused = mesh.call("b");
    mesh.control.has(Shop.http("b", "10.0.0.1"));
    assertThat(refused.gaveUp()).isEqualTo(Outcome.Why.CAPACITY);
    assertThat(mesh.control.subscribed()).containsExactly("a.default.mesh");

    use.release();
    assertThat(mesh.call("b").outcome()).isInstanceOf(Outcome.Found.class);
  }

  @Test
  void aNameThatDoesNotExistNeedsNoWarmSlot() {
    var mesh = new CacheFixture(Map.of("warmNames", "1"));
    mesh.call("a");
    mesh.control.has(Shop.http("a", "10.0.0.1"));
    mesh.use("a");

    var caller = mesh.call("b");
    mesh.control.lacks("b.default.mesh");

    assertThat(caller.outcome()).isInstanceOf(Outcome.Missing.class);
  }
}
