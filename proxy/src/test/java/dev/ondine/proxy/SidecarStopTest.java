package dev.ondine.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.detect.DetectionSettings;
import dev.ondine.proxy.discovery.DiscoverySettings;
import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.telemetry.AccessLog;
import dev.ondine.xds.transport.ServerAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SidecarStopTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @Test
  void aConnectionThatOutlivesTheDrainIsLoggedAsSuch() throws IOException {
    try (var workload = new ServerSocket(0, 0, LOOPBACK)) {
      var sidecar = sidecar(workload.getLocalPort() + "/tcp");
      sidecar.start();
      var inbound = (InetSocketAddress) requireNonNull(sidecar.addresses().get("inbound"));
      try (var client = new Socket(LOOPBACK, inbound.getPort())) {
        client.getOutputStream().write('x');
        try (var _ = relayed(workload)) {
          sidecar.drain(Duration.ofMillis(1));
          sidecar.stop();
        }
      }
    }
    assertThat(log.toString(UTF_8)).contains("\"reason\":\"draining\"");
  }

  /** The client's connection; the sidecar's probes come, too, and say nothing. */
  private static Socket relayed(ServerSocket workload) throws IOException {
    while (true) {
      var accepted = workload.accept();
      if (accepted.getInputStream().read() == 'x') {
        return accepted;
      }
      accepted.close();
    }
  }

  private Sidecar sidecar(String port) {
    var any = new InetSocketAddress(LOOPBACK, 0);
    var config =
        new SidecarConfig(
            "orders",
            "default",
            "orders-0",
            List.of(WorkloadPort.parse(port)),
            Optional.of(LOOPBACK),
            "",
            new ReadyCheck.Tcp(),
            List.of(new ServerAddress("127.0.0.1", 1)), // nobody listens there
            SidecarConfig.Mode.EXPLICIT,
            any,
            any,
            any,
            any,
            List.of(any),
            0,
            Optional.empty(),
            Path.of("/etc/resolv.conf"),
            Duration.ofSeconds(10),
            AccessLog.Extent.ALL,
            OutsideNames.Policy.PASSTHROUGH,
            Duration.ZERO,
            DetectionSettings.defaults(),
            List.of(),
            Optional.empty(),
            DiscoverySettings.parse(Map.of()),
            Optional.empty(),
            Optional.empty(),
            TrafficSettings.DEFAULTS);
    var random = new Random(1);
    return new Sidecar(config, log, random, random, InstantSource.system());
  }
}
