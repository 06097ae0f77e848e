package dev.ondine.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.base.metrics.PrometheusMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UdpPassedTest {
  @TempDir Path folder;

  private final PrometheusMetrics metrics = new PrometheusMetrics();

  private String after(UdpPassed udp, String text) throws IOException {
    Files.writeString(folder.resolve("udp"), text);
    udp.read();
    return metrics.scrape();
  }

  private UdpPassed udp() {
    return new UdpPassed(folder.resolve("udp"), metrics);
  }

  @Test
  void countersFollowTheFile() throws IOException {
    var udp = udp();

    after(udp, "udp_sent 2 100\nudp_received 1 50\n");
    assertThat(after(udp, "udp_sent 5 250\nudp_received 1 50\n"))
        .contains("ondine_udp_passed_packets_total{direction=\"sent\"} 5")
        .contains("ondine_udp_passed_bytes_total{direction=\"sent\"} 250")
        .contains("ondine_udp_passed_packets_total{direction=\"received\"} 1")
        .contains("ondine_udp_passed_bytes_total{direction=\"received\"} 50");
  }

  @Test
  void newRulesCountOn() throws IOException {
    var udp = udp();

    after(udp, "udp_sent 5 250\n");
    assertThat(after(udp, "udp_sent 2 100\n"))
        .contains("ondine_udp_passed_packets_total{direction=\"sent\"} 7")
        .contains("ondine_udp_passed_bytes_total{direction=\"sent\"} 350");
  }

  @Test
  void fileThatIsNotThereOrNotWholeChangesNothing() throws IOException {
    var udp = udp();
    udp.read();

    after(udp, "udp_sent 5 250\n");
    for (var text : new String[] {"", "udp_sent", "udp_sent 6 x\n", "tcp 6 300\n", "\n"}) {
      assertThat(after(udp, text))
          .contains("ondine_udp_passed_packets_total{direction=\"sent\"} 5");
    }
  }
}
