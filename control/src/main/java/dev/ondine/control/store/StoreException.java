package dev.ondine.control.store;

/** The store could not do what was asked; the message says why, for the operator. */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one line for the operator
   */
  public StoreException(String message) {
    super(message);
  }

  /**
   * @param message one line for the operator
   */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
