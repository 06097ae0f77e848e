package dev.ondine.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.model.AppProtocol;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadPortTest {
  @ParameterizedTest
  @CsvSource({
    "80, 80, 80, AUTO",
    "80:8080, 80, 8080, AUTO",
    "80:8080/http, 80, 8080, HTTP",
    "50051/grpc, 50051, 50051, GRPC"
  })
  void aPortIsRead(String text, int number, int target, AppProtocol protocol) {
    assertThat(WorkloadPort.parse(text)).isEqualTo(new WorkloadPort(number, target, protocol));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "65536", "x", "80:", ":80", "80/udp", "80/", "80:1:2", "-1"})
  void whatIsNoPortIsRefusedWithWhatIsAllowed(String text) {
    assertThatThrownBy(() -> WorkloadPort.parse(text))
        .hasMessageStartingWith("'" + text + "' is no port: PORT[:TARGET][/PROTOCOL]")
        .hasMessageEndingWith("auto, http, http2, grpc, tcp, tls");
  }
}
