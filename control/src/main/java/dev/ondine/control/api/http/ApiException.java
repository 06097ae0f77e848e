package dev.ondine.control.api.http;

import dev.ondine.control.policy.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A request that is answered with an error status and what is wrong with it. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient List<Problem> problems;

  /**
   * @param status 4xx or 5xx
   * @param problems at least one
   */
  public ApiException(int status, List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.status = status;
    this.problems = List.copyOf(problems);
  }

  /**
   * @param message for the caller, with the offending value and what is allowed
   */
  public ApiException(int status, String message) {
    this(status, List.of(new Problem("", 0, "", "", message, "")));
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** What is wrong. */
  public List<Problem> problems() {
    return problems;
  }
}
