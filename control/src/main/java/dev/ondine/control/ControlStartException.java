package dev.ondine.control;

/** A control plane that cannot start; the message names the setting at fault and says why. */
public final class ControlStartException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param setting the command's flag, {@code --xds}
   * @param reason one line for the operator
   */
  public ControlStartException(String setting, String reason, Throwable cause) {
    super(setting + ": " + reason, cause);
  }
}
