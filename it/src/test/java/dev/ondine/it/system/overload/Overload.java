package dev.ondine.it.system.overload;

import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.scenario.Scenario;
import java.util.List;

/**
 * Slow clients, no file descriptors, no memory: the sidecar serves on, or says no, and recovers.
 */
public final class Overload implements Scenario {
  /** Slow heads are let be, as by a proxy without a time-out for them. */
  private static final String PATIENT = "patient";

  /** No memory is ever taken for full. */
  private static final String NEVER_FULL = "never-full";

  @Override
  public String name() {
    return "overload";
  }

  @Override
  public String summary() {
    return "5,000 slow clients, 512 file descriptors, a flood in 256 MiB";
  }

  @Override
  public List<String> sabotages() {
    return List.of(PATIENT, NEVER_FULL);
  }

  @Override
  public void run(Run run) throws Exception {
    try (var processes = new Processes(run.work());
        var shop = Shop.open(run, processes)) {
      if (!run.sabotaged(NEVER_FULL)) {
        new SlowClients(run, shop, run.sabotaged(PATIENT)).check();
      }
      if (!run.sabotaged(PATIENT)) {
        if (!run.sabotaged(NEVER_FULL)) {
          new FewDescriptors(run, shop).check();
        }
        new SmallMemory(run, shop, run.sabotaged(NEVER_FULL)).check();
      }
    }
  }
}
