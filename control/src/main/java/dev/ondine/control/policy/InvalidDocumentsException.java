package dev.ondine.control.policy;

import java.util.List;
import java.util.stream.Collectors;

/** Documents that were refused, with every fault that was found; nothing of them was applied. */
public final class InvalidDocumentsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * @param problems at least one
   */
  public InvalidDocumentsException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** The faults, in the order of the text. */
  public List<Problem> problems() {
    return problems;
  }
}
