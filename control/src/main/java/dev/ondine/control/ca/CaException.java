package dev.ondine.control.ca;

/** What keeps the authority from its work: keys, certificates or settings that are wrong. */
public final class CaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message for the operator: what, where, and what is allowed
   */
  public CaException(String message) {
    super(message);
  }

  public CaException(String message, Throwable cause) {
    super(message, cause);
  }
}
