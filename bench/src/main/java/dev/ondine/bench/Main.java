package dev.ondine.bench;

import dev.ondine.bench.proxy.ProxyBenchmark;
import dev.ondine.testkit.scenario.Scenario;
import dev.ondine.testkit.scenario.Scenarios;
import java.nio.file.Path;
import java.util.List;

/** Runs one measurement by its name; {@code ./ondine bench} starts it. */
public final class Main {
  private Main() {}

  /** The one list of measurements. */
  static List<Scenario> all() {
    return List.of(new ProxyBenchmark());
  }

  /** Ends with an exit code of {@link Scenarios}. */
  public static void main(String[] args) {
    var work = Path.of(System.getProperty("ondine.repository", "."), "target", "bench");
    System.exit(
        Scenarios.measurements("bench", all())
            .run(List.of(args), Path.of(System.getProperty("ondine.home", "")), work, System.out));
  }
}
