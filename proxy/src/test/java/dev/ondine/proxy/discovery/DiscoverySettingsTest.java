package dev.ondine.proxy.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pins the defaults, which the documentation promises. */
class DiscoverySettingsTest {
  @Test
  void theDefaultsAreThoseOfTheDocumentation() {
    assertThat(DiscoverySettings.DEFAULTS)
        .isEqualTo(
            new DiscoverySettings(
                Duration.ofSeconds(2),
                1_024,
                4_096,
                1_024,
                300,
                1_024,
                32_768,
                16_777_216,
                4_096,
                Duration.ofMinutes(10),
                1_024,
                Duration.ofMinutes(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                3,
                Duration.ofSeconds(10)));
  }

  @Test
  void aSettingIsReadByItsName() {
    assertThat(DiscoverySettings.parse(Map.of("idle", "5s")).idle())
        .isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void anErrorNamesSettingValueAndWhatIsAllowed() {
    assertThatThrownBy(() -> DiscoverySettings.parse(Map.of("idle", "soon")))
        .hasMessageStartingWith("discovery.idle: 'soon' is not a duration such as 10s");
    assertThatThrownBy(() -> DiscoverySettings.parse(Map.of("burst", "0")))
        .hasMessage("discovery.burst: 0 is below 1");
    assertThatThrownBy(() -> DiscoverySettings.parse(Map.of("idel", "5s")))
        .hasMessageStartingWith("discovery.idel: no such setting; there are burst, ");
  }
}
