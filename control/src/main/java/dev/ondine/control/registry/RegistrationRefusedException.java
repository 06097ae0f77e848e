package dev.ondine.control.registry;

/** A registration that was not taken; the message says why and what to do, in one line. */
public final class RegistrationRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason one line for the operator
   */
  public RegistrationRefusedException(String reason) {
    super(reason);
  }
}
