package dev.ondine.proxy.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TcpSettingsTest {
  @Test
  void defaults() {
    var defaults = TcpSettings.DEFAULTS;
    assertThat(defaults.relay().idle()).isEqualTo(Duration.ofHours(1));
    assertThat(defaults.relay().bufferBytes()).isEqualTo(65_536);
    assertThat(defaults.connectAttempts()).isEqualTo(3);
    assertThat(defaults.heldBytes()).isEqualTo(16 << 20);
    assertThat(defaults.silence()).isEqualTo(Duration.ofMillis(50));
    assertThat(defaults.patience()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void errorsNameSettingValueAndWhatIsAllowed() {
    assertThatThrownBy(() -> TcpSettings.parse(Map.of("idle", "soon")))
        .hasMessageContainingAll("tcp.idle", "'soon'", "10s");
    assertThatThrownBy(() -> TcpSettings.parse(Map.of("idle", "10ms")))
        .hasMessageContainingAll("tcp.idle", "below");
    assertThatThrownBy(() -> TcpSettings.parse(Map.of("connectAttempts", "0")))
        .hasMessageContaining("tcp.connectAttempts: 0 is below 1");
    assertThatThrownBy(() -> TcpSettings.parse(Map.of("idel", "1h")))
        .hasMessageContainingAll("tcp.idel", "no such setting", "idle");
  }
}
