package dev.ondine.testkit.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenariosTest {
  /** Finds 0 failed calls, or 3 of them when its retries are off. */
  private static final class Calls implements Scenario {
    @Override
    public String name() {
      return "calls";
    }

    @Override
    public String summary() {
      return "no call fails";
    }

    @Override
    public List<String> sabotages() {
      return List.of("retry-off");
    }

    @Override
    public void run(Run run) {
      run.report().exactly("failed_calls", run.sabotaged("retry-off") ? 3 : 0, 0);
      run.report().tell("calls", run.full() ? 1000 : 10);
    }
  }

  private static final class NoPeer implements Scenario {
    @Override
    public String name() {
      return "no-peer";
    }

    @Override
    public String summary() {
      return "cannot be set up";
    }

    @Override
    public void run(Run run) throws IOException {
      throw new IOException("no such peer");
    }
  }

  private final List<Scenario> scenarios = List.of(new Calls(), new NoPeer());
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @TempDir private Path folder = Path.of("");

  private int test(String... arguments) {
    return run(Scenarios.tests("it", scenarios), arguments);
  }

  private int run(Scenarios chosen, String... arguments) {
    return chosen.run(
        List.of(arguments), folder, folder.resolve("work"), new PrintStream(printed, true, UTF_8));
  }

  private String printed() {
    return printed.toString(UTF_8);
  }

  @Test
  void passesWhenEveryBoundIsKept() {
    assertThat(test("calls")).isEqualTo(Scenarios.DONE);
    assertThat(printed())
        .isEqualTo(
            """
            figure        value  bound  met
            failed_calls  0      = 0    yes
            calls         10
            """);
  }

  @Test
  void failsWhenSabotaged() {
    assertThat(test("calls", "--sabotage", "retry-off")).isEqualTo(Scenarios.UNMET);
    assertThat(printed()).contains("failed_calls  3      = 0    NO");
  }

  @Test
  void measurementReportsMissedTargetAndPasses() {
    var measurements = Scenarios.measurements("bench", scenarios);

    assertThat(run(measurements, "calls", "--sabotage", "retry-off")).isEqualTo(Scenarios.DONE);
    assertThat(run(measurements, "no-peer")).isEqualTo(Scenarios.BROKEN);
  }

  @Test
  void whatCouldNotRunIsNotPassed() {
    assertThat(test("no-peer")).isEqualTo(Scenarios.BROKEN);
    assertThat(printed()).contains("no such peer");
  }

  @Test
  void writesJson() throws IOException {
    var file = folder.resolve("new/out.json");

    assertThat(test("calls", "--full", "--json", file.toString())).isEqualTo(Scenarios.DONE);

    assertThat(Files.readString(file))
        .isEqualToIgnoringWhitespace(
            """
            {"targets": [
              {"name": "failed_calls", "value": 0, "bound": "= 0", "met": true},
              {"name": "calls", "value": 1000, "bound": "", "met": true}]}
            """);
  }

  @Test
  void unknownNameListsTheKnownOnes() {
    assertThat(test("call")).isEqualTo(Scenarios.USAGE);
    assertThat(printed())
        .contains("unknown name: call", "calls: no call fails (sabotages: retry-off)", "no-peer");
  }

  @Test
  void refusesWhatItDoesNotUnderstand() {
    assertThat(test()).isEqualTo(Scenarios.USAGE);
    assertThat(test("calls", "--fast")).isEqualTo(Scenarios.USAGE);
    assertThat(test("calls", "--json")).isEqualTo(Scenarios.USAGE);
    assertThat(test("calls", "no-peer")).isEqualTo(Scenarios.USAGE);
    assertThat(test("calls", "--sabotage", "all")).isEqualTo(Scenarios.USAGE);
    assertThat(printed()).contains("calls has [retry-off]");
  }
}
