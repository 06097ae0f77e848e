package dev.ondine.proxy.discovery;

import dev.ondine.model.DemandKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Someone who waits for a name; remembers every outcome it was told, to show a second one. */
final class Caller {
  private final List<Outcome> outcomes = new ArrayList<>();
  private final Services.Waiter waiter;

  private Caller(FakeControl control, Services services, DemandKey key, Duration remaining) {
    waiter = services.await(key, remaining, control.clock, outcomes::add);
    control.clock.run();
  }

  static Caller of(FakeControl control, Services services, DemandKey key) {
    return new Caller(control, services, key, Services.NO_DEADLINE);
  }

  static Caller within(Duration remaining, FakeControl control, Services services, DemandKey key) {
    return new Caller(control, services, key, remaining);
  }

  void leaves() {
    waiter.cancel();
  }

  boolean waits() {
    return outcomes.isEmpty();
  }

  Outcome outcome() {
    if (outcomes.size() != 1) {
      throw new AssertionError("told " + outcomes.size() + " times: " + outcomes);
    }
    return outcomes.getFirst();
  }

  Outcome.Why gaveUp() {
    return ((Outcome.GaveUp) outcome()).why();
  }

  List<Outcome> outcomes() {
    return outcomes;
  }
}
