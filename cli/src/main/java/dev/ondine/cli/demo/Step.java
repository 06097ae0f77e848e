package dev.ondine.cli.demo;

import dev.ondine.cli.demo.world.DemoException;
import java.io.IOException;

/**
 * One thing that the demo shows.
 *
 * @param title what it is about, in a few words
 * @param needed without it there is nothing to show in the others
 */
record Step(String title, boolean needed, Act act) {
  /** A step that others do not build on. */
  Step(String title, Act act) {
    this(title, false, act);
  }

  /** The showing itself. */
  @FunctionalInterface
  interface Act {
    /** Shows it, adds what it found to the findings, and says it in one line. */
    String show() throws DemoException, IOException, InterruptedException;
  }
}
