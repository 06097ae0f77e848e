package dev.ondine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.model.AppProtocol;
import dev.ondine.proxy.AddressText;
import dev.ondine.proxy.ReadyCheck;
import dev.ondine.proxy.SidecarConfig;
import dev.ondine.proxy.TrafficSettings;
import dev.ondine.proxy.WorkloadPort;
import dev.ondine.proxy.detect.DetectionSettings;
import dev.ondine.proxy.discovery.DiscoverySettings;
import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.telemetry.AccessLog;
import dev.ondine.proxy.transport.Cidr;
import dev.ondine.testkit.tls.TestCertificate;
import dev.ondine.xds.transport.ServerAddress;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyFlagsTest {
  private static SidecarConfig parse(String... arguments) {
    return ProxyFlags.parse(List.of(arguments), Map.of());
  }

  @Test
  void theDefaultsAreThoseOfTheDocumentation() {
    assertThat(parse("--service", "orders"))
        .isEqualTo(
            new SidecarConfig(
                "orders",
                "default",
                "orders-0",
                List.of(),
                Optional.empty(),
                "",
                new ReadyCheck.Tcp(),
                List.of(new ServerAddress("127.0.0.1", 15010)),
                SidecarConfig.Mode.EXPLICIT,
                AddressText.parse("0.0.0.0:15001"),
                AddressText.parse("0.0.0.0:15006"),
                AddressText.parse("127.0.0.1:15002"),
                AddressText.parse("127.0.0.1:15053"),
                List.of(AddressText.parse("127.0.0.1:15000")),
                0,
                Optional.empty(),
                Path.of("/etc/resolv.conf"),
                Duration.ofSeconds(10),
                AccessLog.Extent.ERRORS,
                OutsideNames.Policy.PASSTHROUGH,
                Duration.ZERO,
                DetectionSettings.defaults(),
                List.of(),
                Optional.empty(),
                DiscoverySettings.DEFAULTS,
                Optional.empty(),
                Optional.empty(),
                TrafficSettings.DEFAULTS));
  }

  @Test
  void everyFlagIsRead() {
    var config =
        parse(
            "--service=orders",
            "--namespace=shop",
            "--instance=orders-7",
            "--port=80:8080/http",
            "--port=9090",
            "--address=fd00::7",
            "--zone=eu-1",
            "--ready=http:/healthz",
            "--control=10.0.0.1:15010,[fd00::1]:15010",
            "--mode=redirect",
            "--outbound=0.0.0.0:25001",
            "--inbound=[::]:25006",
            "--explicit=127.0.0.1:25002",
            "--dns=127.0.0.1:25053",
            "--admin=127.0.0.1:25000",
            "--admin=unix:/run/orders/admin.sock",
            "--mark=3920",
            "--run-dir=/run/orders",
            "--resolv-conf=/run/orders/resolv.conf",
            "--drain=3s",
            "--access-log=all",
            "--outside=deny",
            "--request-timeout=15s",
            "--detect=1s",
            "--proxy-protocol-from=10.0.0.0/8",
            "--proxy-protocol-from=fd00::7",
            "--udp-counters=/run/orders/udp",
            "--discovery=idle=5s",
            "--discovery=maxWait=1s");

    assertThat(config.nodeId()).isEqualTo("orders-7.shop");
    assertThat(config.ports())
        .containsExactly(
            new WorkloadPort(80, 8080, AppProtocol.HTTP),
            new WorkloadPort(9090, 9090, AppProtocol.AUTO));
    assertThat(config.address()).contains(InetAddress.ofLiteral("fd00::7"));
    assertThat(config.zone()).isEqualTo("eu-1");
    assertThat(config.ready()).isEqualTo(new ReadyCheck.Http("/healthz"));
    assertThat(config.control()).hasSize(2);
    assertThat(config.mode()).isEqualTo(SidecarConfig.Mode.REDIRECT);
    assertThat(config.outbound()).isEqualTo(AddressText.parse("0.0.0.0:25001"));
    assertThat(config.inbound()).isEqualTo(AddressText.parse("[::]:25006"));
    assertThat(config.explicit()).isEqualTo(AddressText.parse("127.0.0.1:25002"));
    assertThat(config.dns()).isEqualTo(AddressText.parse("127.0.0.1:25053"));
    assertThat(config.admin().stream().map(AddressText::of))
        .containsExactly("127.0.0.1:25000", "unix:/run/orders/admin.sock");
    assertThat(config.mark()).isEqualTo(3920);
    assertThat(config.runDir()).contains(Path.of("/run/orders"));
    assertThat(config.resolvConf()).isEqualTo(Path.of("/run/orders/resolv.conf"));
    assertThat(config.drain()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.accessLog()).isEqualTo(AccessLog.Extent.ALL);
    assertThat(config.outside()).isEqualTo(OutsideNames.Policy.DENY);
    assertThat(config.requestTimeout()).isEqualTo(Duration.ofSeconds(15));
    assertThat(config.detection().timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.proxyProtocolFrom())
        .containsExactly(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::7/128"));
    assertThat(config.udpCounters()).contains(Path.of("/run/orders/udp"));
    assertThat(config.discovery().idle()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.discovery().maxWait()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void theEnvironmentGivesWhatTheCommandLineDoesNot() {
    var config =
        ProxyFlags.parse(
            List.of("--service", "orders"),
            Map.of(
                "ONDINE_SERVICE", "cart",
                "ONDINE_NAMESPACE", "shop",
                "ONDINE_PORT", "80,90/tcp",
                "ONDINE_RUN_DIR", "/run/x"));

    assertThat(config.service()).isEqualTo("orders");
    assertThat(config.namespace()).isEqualTo("shop");
    assertThat(config.ports()).hasSize(2);
    assertThat(config.runDir()).contains(Path.of("/run/x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port=80 | lacks --service NAME",
        "--service | --service lacks its value",
        "orders | unexpected 'orders'",
        "--service=Orders | service 'Orders'",
        "--service=a --service=b | --service is given twice",
        "--service=a --sevice=b | unknown flag --sevice; there are --service, --namespace",
        "--service=a --port=80/udp | --port: '80/udp' is no port",
        "--service=a --port=80 --port=80:8080 | ports: a number occurs twice",
        "--service=a --ready=udp | --ready: 'udp' is not tcp, http:/PATH or grpc",
        "--service=a --control=x | --control: 'x' is not HOST:PORT",
        "--service=a --mode=auto | --mode: 'auto' is not redirect or explicit",
        "--service=a --inbound=localhost:1 | --inbound: 'localhost:1' is no address: IP:PORT",
        "--service=a --inbound=127.0.0.1:70000 | --inbound: '127.0.0.1:70000' is no address",
        "--service=a --admin=unix:x | --admin: 'unix:x': the path is not absolute",
        "--service=a --proxy-protocol-from=10.0.0.1/8 | --proxy-protocol-from: '10.0.0.1/8' is no",
        "--service=a --mark=x | --mark: 'x' is no whole number",
        "--service=a --drain=10 | --drain: '10' is not a duration such as 10s",
        "--service=a --discovery=idle | --discovery 'idle' is not SETTING=VALUE",
        "--service=a --discovery=idel=5s | discovery.idel: no such setting; there are burst"
      })
  void aWrongFlagIsNamedWithItsValueAndWhatIsAllowed(String arguments, String message) {
    assertThatThrownBy(() -> parse(arguments.split(" ")))
        .isInstanceOf(ProxyFlags.UsageException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void theHelpNamesEveryFlag() {
    assertThat(ProxyFlags.help())
        .contains("--service", "--run-dir", "--discovery", "(127.0.0.1:15010)");
  }

  @Test
  void certificateAndKeyAreReadAtOnce(@TempDir Path folder) throws Exception {
    var certificate = TestCertificate.ec();
    var chain = certificate.writeChain(folder.resolve("chain.pem")).toString();
    var key = certificate.writeKey(folder.resolve("key.pem")).toString();

    var config = parse("--service=a", "--tls-cert=" + chain, "--tls-key=" + key);

    assertThat(config.tls().orElseThrow().current().chain()).isEqualTo(certificate.chain());
  }

  @Test
  void badCertificatesAndKeysAreNamed(@TempDir Path folder) throws Exception {
    var chain = TestCertificate.ec().writeChain(folder.resolve("chain.pem")).toString();
    var key = TestCertificate.ec().writeKey(folder.resolve("key.pem")).toString();

    assertThatThrownBy(() -> parse("--service=a", "--tls-cert=" + chain))
        .hasMessage("--tls-cert and --tls-key go together: give both or neither");
    assertThatThrownBy(() -> parse("--service=a", "--tls-cert=" + chain, "--tls-key=" + key))
        .hasMessageContaining(key + " is not the key of the first certificate in " + chain);
    assertThatThrownBy(() -> parse("--service=a", "--tls-cert=/nowhere", "--tls-key=" + key))
        .hasMessageContaining("there is no file /nowhere");
  }
}
