package dev.ondine.cli;

import java.util.Objects;

/** The end of a command that could not do its work: what standard error says, and the exit code. */
public final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  /**
   * @param message one or more lines for a person, with the offending value and what is allowed
   */
  public CliException(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What the process exits with. */
  public ExitCode exitCode() {
    return exitCode;
  }

  /** What standard error says. */
  String text() {
    return Objects.requireNonNull(getMessage());
  }
}
