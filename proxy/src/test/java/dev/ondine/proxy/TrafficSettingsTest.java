package dev.ondine.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficSettingsTest {
  @Test
  void theDefaultsAreThoseOfTheDocumentation() {
    var http = TrafficSettings.DEFAULTS.http();
    var overload = TrafficSettings.DEFAULTS.overload();
    assertThat(http.head()).isEqualTo(Duration.ofSeconds(10));
    assertThat(http.idle()).isEqualTo(Duration.ofHours(1));
    assertThat(http.connect()).isEqualTo(Duration.ofSeconds(5));
    assertThat(http.poolIdle()).isEqualTo(Duration.ofMinutes(1));
    assertThat(http.bodyRate()).isEqualTo(1_024);
    assertThat(http.bodyGrace()).isEqualTo(Duration.ofSeconds(10));
    assertThat(http.takeGrace()).isEqualTo(Duration.ofSeconds(30));
    assertThat(http.maxAge()).isEqualTo(Duration.ofHours(1));
    assertThat(TrafficSettings.DEFAULTS.maxRequestBodyBytes()).isZero();
    assertThat(TrafficSettings.DEFAULTS.maxHops()).isEqualTo(16);
    assertThat(overload.drainPercent()).isEqualTo(92);
    assertThat(overload.shedPercent()).isEqualTo(95);
    assertThat(overload.sample()).isEqualTo(Duration.ofMillis(100));
    assertThat(overload.reserve()).isEqualTo(64);
  }

  @Test
  void eachPartReadsItsOwn() {
    var settings =
        TrafficSettings.parse(
            List.of(
                "http.headTimeout=3s",
                "http.maxRequestBodyBytes=4096",
                "tcp.idle=2h",
                "overload.connections=100"));

    assertThat(settings.http().head()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.maxRequestBodyBytes()).isEqualTo(4_096);
    assertThat(settings.tcp().relay().idle()).isEqualTo(Duration.ofHours(2));
    assertThat(settings.overload().connections()).isEqualTo(100);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "headTimeout=3s | 'headTimeout=3s' is not PART.SETTING=VALUE; the parts are http, tcp",
        "http.headTimeout | 'http.headTimeout' is not PART.SETTING=VALUE",
        "udp.idle=3s | 'udp.idle=3s' is not PART.SETTING=VALUE",
        "http.headTimeOut=3s | http.headTimeOut: no such setting; there are bodyGrace, bodyRate",
        "http.headTimeout=3 | http.headTimeout: '3' is not a duration",
        "http.headTimeout=10ms | http.headTimeout: PT0.01S is below 1s",
        "http.bodyRate=-1 | http.bodyRate: -1 is below 0",
        "http.maxHops=0 | http.maxHops: 0 is not between 1 and 100",
        "overload.shedPercent=80 | overload.shedPercent: 80 is not between 92 and 100",
      })
  void aBadSettingIsNamed(String given, String message) {
    assertThatThrownBy(() -> TrafficSettings.parse(List.of(given)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void everyConnectionMayNeedASecondDescriptor() {
    var overload = TrafficSettings.DEFAULTS.overload();

    assertThat(overload.connections(512, 96L << 20)).isEqualTo(224);
    assertThat(overload.connections(1 << 20, 96L << 20)).isEqualTo(9_830);
    assertThat(overload.connections(20, 96L << 20)).isEqualTo(5);
  }
}
