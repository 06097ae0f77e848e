package dev.ondine.proxy.transport;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Whether one more connection may be accepted, by all listeners together that share it. */
public final class Admission {
  private final int max;
  private final BooleanSupplier room;
  private final Runnable paused;
  private final AtomicInteger open = new AtomicInteger(); // changes with connections, not requests

  /**
   * Admits up to {@code max} connections, while there is room.
   *
   * @param room asked on any loop, for each connection
   * @param paused told when a listener pauses
   */
  public Admission(int max, BooleanSupplier room, Runnable paused) {
    this.max = max;
    this.room = room;
    this.paused = paused;
  }

  /** Admits up to this many. */
  public static Admission of(int max) {
    return new Admission(max, () -> true, () -> {});
  }

  /** How many there are. */
  public int open() {
    return open.get();
  }

  void entered() {
    open.incrementAndGet();
  }

  void left() {
    open.decrementAndGet();
  }

  boolean admits() {
    return open.get() < max && room.getAsBoolean();
  }

  void paused() {
    paused.run();
  }
}
