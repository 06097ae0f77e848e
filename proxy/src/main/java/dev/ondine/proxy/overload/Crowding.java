package dev.ondine.proxy.overload;

import java.util.function.BooleanSupplier;

/**
 * What {@link Overload} says, and that the idle should go while there are as many connections as
 * there may be: they would keep everyone else out for as long as they may be idle.
 *
 * @param full asked at any time, on any thread
 */
public record Crowding(Shedding memory, BooleanSupplier full) implements Shedding {
  @Override
  public boolean drains() {
    return memory.drains();
  }

  @Override
  public boolean isCrowded() {
    return full.getAsBoolean();
  }

  @Override
  public boolean sheds() {
    return memory.sheds();
  }

  @Override
  public void shed(Point point) {
    memory.shed(point);
  }
}
