package dev.ondine.base.lifecycle;

import java.time.Duration;

/**
 * A part with a life: started once, drained once, stopped once; owners do so in one visible order.
 */
public interface Component {
  /** What it is called in logs and in {@code /ready}. */
  String name();

  /** Begins to work; returns when it does. Throws when it cannot. */
  void start() throws Exception;

  /** Takes no new work and lets what runs end, for at most the given time. */
  default void drain(Duration limit) {}

  /** Ends, releasing everything; safe to call when never started. */
  void stop();
}
