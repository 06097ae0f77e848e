package dev.ondine.it.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.ondine.testkit.scenario.Scenario;
import dev.ondine.testkit.scenario.Scenarios;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every system test can fail: what it guards is broken on purpose, once. */
@Timeout(400) // a system test ends itself before
class SabotageTest {
  static Stream<Scenario> systemTests() {
    return Main.all().stream();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("systemTests")
  void sabotagedSystemTestFails(Scenario test, @TempDir Path work) {
    var home = System.getProperty("ondine.home");
    assumeThat(home).as("a built distribution: run ./ondine test").isNotNull();
    assumeThat(test.obstacle()).as("what this machine lacks").isEmpty();

    var exit =
        Scenarios.tests("it", List.of(test))
            .run(
                List.of(test.name(), "--sabotage", test.sabotages().getFirst()),
                Path.of(home),
                work,
                System.out);

    assertThat(exit).isEqualTo(Scenarios.UNMET);
  }
}
