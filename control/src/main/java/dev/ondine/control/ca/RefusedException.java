package dev.ondine.control.ca;

/** A request that gets no certificate, with the reason. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  /**
   * @param message for the caller and the audit log; holds no secret
   */
  public RefusedException(Refusal refusal, String message) {
    super(message);
    this.refusal = refusal;
  }

  public Refusal refusal() {
    return refusal;
  }

  /** The reason in words. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
