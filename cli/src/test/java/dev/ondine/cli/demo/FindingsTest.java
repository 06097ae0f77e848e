package dev.ondine.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindingsTest {
  @TempDir private Path folder;
  private final Findings findings = new Findings(true);

  @Test
  void everyFigureWithABoundIsTarget() throws IOException {
    findings.tell("interception", "userns");
    findings.tell("first_request_ms", Map.of("p50", 1.5, "n", 200));
    findings.atMost("balance_skew", 1.29951, 1.3);
    findings.exactly("drain_failed_requests", 2, 0);
    findings.write(folder.resolve("out.json"));

    var json = new ObjectMapper().readTree(folder.resolve("out.json").toFile());
    assertThat(json.path("interception").asText()).isEqualTo("userns");
    assertThat(json.path("first_request_ms").path("n").asInt()).isEqualTo(200);
    assertThat(json.path("balance_skew").asDouble()).isEqualTo(1.3);
    assertThat(json.path("targets").path(0).path("value").asDouble()).isEqualTo(1.29951);
    assertThat(json.path("targets")).hasSize(2);
    assertThat(json.path("targets").path(0).path("met").asBoolean()).isTrue();
    assertThat(json.path("targets").path(1))
        .isEqualTo(
            new ObjectMapper()
                .valueToTree(
                    Map.of(
                        "name",
                        "drain_failed_requests",
                        "value",
                        2,
                        "bound",
                        "= 0",
                        "met",
                        false)));
  }

  @Test
  void missedBoundsAreNamedWithTheirValue() {
    findings.atMost("a_ms", 3, 5);
    findings.atMost("b_ms", 21.5, 20);
    findings.exactly("c", List.of().isEmpty(), false);

    assertThat(findings.missedFrom(0)).isEqualTo("b_ms 21.5 must be <= 20, c true must be = false");
    assertThat(findings.missedFrom(3)).isEmpty();
  }

  @Test
  void timesMayBeIgnoredOnABusyMachineAndNothingElse() {
    var busy = new Findings(false);
    busy.within("ready_ms", 1_200.5, 1_000);
    assertThat(busy.missedFrom(0)).isEmpty();

    busy.atMost("failed", 1.5, 0);
    assertThat(busy.missedFrom(0)).isEqualTo("failed 1.5 must be <= 0");
    findings.within("ready_ms", 1_200.5, 1_000);
    assertThat(findings.missedFrom(0)).isEqualTo("ready_ms 1200.5 must be <= 1000");
  }
}
