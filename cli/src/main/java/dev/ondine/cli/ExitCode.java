package dev.ondine.cli;

/** What a command's end says to scripts. The numbers are part of the interface and never change. */
public enum ExitCode {
  /** Done. */
  OK(0, "done"),
  /**
   * Could not be done, for a reason printed on standard error: a port in use, a refused request.
   */
  FAILURE(1, "failed; the reason is on standard error"),
  /** The command line itself is wrong. */
  USAGE(2, "wrong command line"),
  /** Documents are wrong; nothing of them was applied. */
  INVALID_DOCUMENTS(3, "invalid documents; nothing was applied"),
  /** The control plane's admin API cannot be reached. */
  UNREACHABLE(4, "control cannot be reached"),
  /** There is no such document. */
  NOT_FOUND(5, "no such document");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  /** The process's exit status. */
  public int number() {
    return number;
  }

  /** For the help text. */
  String meaning() {
    return meaning;
  }
}
