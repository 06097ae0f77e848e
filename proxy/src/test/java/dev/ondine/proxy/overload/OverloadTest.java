package dev.ondine.proxy.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.base.metrics.PrometheusMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverloadTest {
  private final PrometheusMetrics metrics = new PrometheusMetrics();
  private double used;
  private final Overload overload =
      new Overload(
          OverloadSettings.parse(Map.of()),
          List.of(
              new Resource() {
                @Override
                public String name() {
                  return "tank";
                }

                @Override
                public double used() {
                  return used;
                }
              }),
          metrics);

  private void look(double filled) {
    used = filled;
    overload.look();
  }

  @Test
  void drainsFirstAndShedsThen() {
    look(0.91);
    assertThat(overload.drains()).isFalse();
    look(0.92);
    assertThat(overload.drains()).isTrue();
    assertThat(overload.sheds()).isFalse();
    look(0.95);
    assertThat(overload.sheds()).isTrue();
    assertThat(metrics.scrape()).contains("ondine_overload_level 2");
  }

  @Test
  void letsGoOnlySomewhatBelowTheMark() {
    look(0.96);
    look(0.94);
    assertThat(overload.sheds()).isTrue();
    look(0.92);
    assertThat(overload.sheds()).isFalse();
    assertThat(overload.drains()).isTrue();
    look(0.91);
    assertThat(overload.drains()).isTrue();
    look(0.89);
    assertThat(overload.drains()).isFalse();
  }

  @Test
  void whatTheKernelCanDropAndTheJvmHasSpareDoesNotCount(@TempDir Path group) throws IOException {
    Files.writeString(group.resolve("memory.max"), "1000\n");
    Files.writeString(group.resolve("memory.current"), "900\n");
    Files.writeString(group.resolve("memory.stat"), "anon 700\ninactive_file 100\n");

    var memory = CgroupMemory.in(group, () -> 50).orElseThrow();

    assertThat(memory.used()).isEqualTo(0.75);
  }

  @Test
  void aGroupWithoutALimitIsNotWatched(@TempDir Path group) throws IOException {
    Files.writeString(group.resolve("memory.max"), "max\n");

    assertThat(CgroupMemory.in(group, () -> 0)).isEmpty();
  }
}
