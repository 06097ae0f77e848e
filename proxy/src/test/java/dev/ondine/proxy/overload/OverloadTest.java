package dev.ondine.proxy.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.base.metrics.PrometheusMetrics;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
}
