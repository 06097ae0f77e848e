package dev.ondine.it.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ondine.testkit.scenario.Scenario;
import dev.ondine.testkit.scenario.Scenarios;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every system test can fail: what it guards is broken on purpose. In one way each, because all
 * take longer than the suite may: {@code -Dondine.allSabotages=true} has every one.
 */
@Timeout(400) // a system test ends itself before
class SabotageTest {
  static Stream<Arguments> sabotages() {
    return Main.all().stream()
        .flatMap(
            test ->
                test.sabotages().stream()
                    .limit(Boolean.getBoolean("ondine.allSabotages") ? Long.MAX_VALUE : 1)
                    .map(what -> Arguments.of(test, what)));
  }

  @ParameterizedTest(name = "{1}", allowZeroInvocations = true)
  @MethodSource("sabotages")
  void sabotagedSystemTestFails(Scenario test, String sabotage, @TempDir Path work)
      throws IOException {
    var home = System.getProperty("ondine.home");
    assumeThat(home).as("a built distribution: run ./ondine test").isNotNull();
    assumeThat(test.obstacle()).as("what this machine lacks").isEmpty();
    var json = work.resolve("report.json");

    var exit =
        Scenarios.tests("it", List.of(test))
            .run(
                List.of(test.name(), "--sabotage", sabotage, "--json", json.toString()),
                Path.of(home),
                work,
                System.out);

    assertThat(exit).isEqualTo(Scenarios.UNMET);
    var unmet = new TreeSet<String>();
    for (JsonNode target : new ObjectMapper().readTree(json.toFile()).path("targets")) {
      if (!target.path("met").asBoolean()) {
        unmet.add(target.path("name").asText());
      }
    }
    assertThat(unmet).as("the figures that miss their bounds").isNotEmpty();
    if (!test.broken(sabotage).isEmpty()) {
      assertThat(unmet)
          .as("the figures that miss their bounds")
          .isEqualTo(new TreeSet<>(test.broken(sabotage)));
    }
  }
}
