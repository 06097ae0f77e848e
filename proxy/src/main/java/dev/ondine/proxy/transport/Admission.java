package dev.ondine.proxy.transport;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Whether one more connection may be accepted, by all listeners together that share it. */
public final class Admission {
  /** Of the connections; below, it is full no longer. */
  private static final double ROOM_AGAIN = 0.9;

  private final int max;
  private final BooleanSupplier room;
  private final Runnable paused;
  private final @Nullable Admission whole;
  private final AtomicInteger open = new AtomicInteger(); // changes with connections, not requests
  private volatile boolean full;

  private Admission(int max, BooleanSupplier room, Runnable paused, @Nullable Admission whole) {
    this.max = max;
    this.room = room;
    this.paused = paused;
    this.whole = whole;
  }

  /**
   * Admits up to {@code max} connections, while there is room.
   *
   * @param room asked on any loop, for each connection
   * @param paused told when a listener pauses
   */
  public Admission(int max, BooleanSupplier room, Runnable paused) {
    this(max, room, paused, null);
  }

  /** Admits up to this many. */
  public static Admission of(int max) {
    return new Admission(max, () -> true, () -> {});
  }

  /** The admission of some of its listeners, which leaves something to the others. */
  public Admission part(int max) {
    return new Admission(max, room, paused, this);
  }

  /** How many there are. */
  public int open() {
    return open.get();
  }

  /**
   * True from when there were as many as there may be until there is room for a few: what is idle
   * should go.
   */
  public boolean isFull() {
    var now = open.get();
    if (now >= max) {
      full = true;
    } else if (full && now < max * ROOM_AGAIN) {
      full = false;
    }
    return full || (whole != null && whole.isFull());
  }

  void entered() {
    open.incrementAndGet();
    if (whole != null) {
      whole.entered();
    }
  }

  void left() {
    open.decrementAndGet();
    if (whole != null) {
      whole.left();
    }
  }

  boolean admits() {
    return open.get() < max && (whole == null ? room.getAsBoolean() : whole.admits());
  }

  void paused() {
    paused.run();
  }
}
