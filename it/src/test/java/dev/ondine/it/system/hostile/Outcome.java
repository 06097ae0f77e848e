package dev.ondine.it.system.hostile;

import java.util.List;

/**
 * What came of one run of a case.
 *
 * @param test the acceptance test, such as T01
 * @param what which case, and how it was run
 * @param problems what was not as it must be; none: passed
 */
record Outcome(String test, String what, List<String> problems) {
  Outcome {
    problems = List.copyOf(problems);
  }

  boolean passed() {
    return problems.isEmpty();
  }
}
