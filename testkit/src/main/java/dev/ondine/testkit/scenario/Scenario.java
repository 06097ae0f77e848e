package dev.ondine.testkit.scenario;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A named run with real processes that finds figures: a system test or a measurement. */
public interface Scenario {
  /** What the user calls it by: lower case, with hyphens. */
  String name();

  /** One line for the list of scenarios. */
  String summary();

  /** What can be broken on purpose; each must make a check fail. Measurements have none. */
  default List<String> sabotages() {
    return List.of();
  }

  /**
   * The figures that miss their bounds under a sabotage; all others keep theirs. Empty: some figure
   * misses its bound.
   */
  default Set<String> broken(String sabotage) {
    return Set.of();
  }

  /** What this machine or this user lacks for it, in words; empty: nothing that is known. */
  default Optional<String> obstacle() {
    return Optional.empty();
  }

  /**
   * Sets up what it needs, finds its figures and leaves nothing behind, whatever happens. It is
   * interrupted when its time is up.
   *
   * @throws Exception when it could not come to its figures; a bad figure is none
   */
  void run(Run run) throws Exception;
}
