package dev.ondine.cli.demo.world;

/** Something in the demo did not do what it must; the message tells a person what. */
public final class DemoException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what went wrong, without a final stop
   */
  public DemoException(String message) {
    super(message);
  }
}
