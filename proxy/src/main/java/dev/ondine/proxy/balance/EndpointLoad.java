package dev.ondine.proxy.balance;

import dev.ondine.model.Endpoint;
import java.util.concurrent.atomic.AtomicInteger;

/** An endpoint with the number of requests or connections that it is busy with, from all loops. */
public final class EndpointLoad {
  private final Endpoint endpoint;
  private final AtomicInteger active;

  EndpointLoad(Endpoint endpoint) {
    this(endpoint, new AtomicInteger());
  }

  private EndpointLoad(Endpoint endpoint, AtomicInteger active) {
    this.endpoint = endpoint;
    this.active = active;
  }

  /** The endpoint as discovery describes it. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** How many requests it is busy with. */
  public int active() {
    return active.get();
  }

  /** It takes one more. */
  public void begin() {
    active.incrementAndGet();
  }

  /** It is done with one. */
  public void end() {
    active.decrementAndGet();
  }

  /** The same load for the endpoint as it is described now. */
  EndpointLoad describedAs(Endpoint now) {
    return now.equals(endpoint) ? this : new EndpointLoad(now, active);
  }
}
