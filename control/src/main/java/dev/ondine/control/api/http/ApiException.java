package dev.ondine.control.api.http;

/** A request that is answered with an error status and one message. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * @param status 4xx or 5xx
   * @param message for the caller, with the offending value and what is allowed
   */
  public ApiException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }
}
