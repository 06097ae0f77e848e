package dev.ondine.proxy.discovery;

import dev.ondine.model.DemandKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Someone who waits for a name; remembers every outcome it was told, to show a second one. */
public final class Caller {
  private final List<Outcome> outcomes = new ArrayList<>();
  private final Services.Waiter waiter;

  private Caller(FakeControl control, Services services, DemandKey key, Duration remaining) {
    waiter = services.await(key, remaining, control.clock, outcomes::add);
    control.clock.run();
  }

  public static Caller of(FakeControl control, Services services, DemandKey key) {
    return new Caller(control, services, key, Services.NO_DEADLINE);
  }

  public static Caller within(
      Duration remaining, FakeControl control, Services services, DemandKey key) {
    return new Caller(control, services, key, remaining);
  }

  public void leaves() {
    waiter.cancel();
  }

  public boolean waits() {
    return outcomes.isEmpty();
  }

  public Outcome outcome() {
    if (outcomes.size() != 1) {
      throw new AssertionError("told " + outcomes.size() + " times: " + outcomes);
    }
    return outcomes.getFirst();
  }

  public Outcome.Why gaveUp() {
    return ((Outcome.GaveUp) outcome()).why();
  }

  public List<Outcome> outcomes() {
    return outcomes;
  }
}
