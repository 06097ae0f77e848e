package dev.ondine.it.system.rotation;

import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.scenario.Scenario;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** T36 and the clock: what a mesh proves itself by changes, and no request notices. */
public final class Rotation implements Scenario {
  /** Nobody is waited for when the root changes. */
  static final String FORCED = "forced";

  /** The clock that is wrong by a day is never put right. */
  static final String CLOCK_STAYS_WRONG = "clock-stays-wrong";

  @Override
  public String name() {
    return "rotation";
  }

  @Override
  public String summary() {
    return "leaves every 10 s and a new root under load; clocks that are wrong";
  }

  @Override
  public List<String> sabotages() {
    return List.of(CLOCK_STAYS_WRONG, FORCED);
  }

  @Override
  public Optional<String> obstacle() {
    try {
      var _ = FakeClock.library();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void run(Run run) throws Exception {
    try (var processes = new Processes(run.work())) {
      if (!run.sabotaged(CLOCK_STAYS_WRONG)) {
        new UnderLoad(run, processes).check();
      }
      if (!run.sabotaged(FORCED)) {
        new WrongClock(run, processes).check();
      }
    }
  }
}
