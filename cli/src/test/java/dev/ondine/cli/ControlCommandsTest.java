package dev.ondine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.base.time.Ticker;
import dev.ondine.control.ControlPlane;
import dev.ondine.control.ControlSettings;
import dev.ondine.control.registry.Registration;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.ServicePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a control plane that runs. */
class ControlCommandsTest {
  private static final String ORDERS =
      """
      apiVersion: mesh.ondine.dev/v1
      kind: Service
      metadata:
        name: orders
        namespace: shop
      spec:
        ports:
        - port: 80
          protocol: http
      """;
  private static final String POLICY =
      """
      apiVersion: mesh.ondine.dev/v1
      kind: TrafficPolicy
      metadata: {name: orders, namespace: shop}
      spec: {targetRef: {kind: Service, name: orders}, requestTimeout: 2s}
      """;

  private final Path folder;
  private final ControlPlane control;

  ControlCommandsTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    var watched = Files.createDirectory(folder.resolve("watched"));
    Files.writeString(watched.resolve("ledger.yaml"), ORDERS.replace("orders", "ledger"));
    Files.writeString(watched.resolve("bad.yaml"), ORDERS.replace("80", "x"));
    var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    control =
        ControlPlane.start(
            new ControlSettings(
                List.of(anywhere), anywhere, folder.resolve("control.db"), Optional.of(watched)),
            InstantSource.system(),
            Ticker.system());
  }

  @AfterEach
  void stop() {
    control.close();
  }

  @Test
  void whatIsAppliedCanBeSeenAndAppliedAgainAndDeleted() throws IOException {
    var files = Files.createDirectory(folder.resolve("files"));
    Files.writeString(files.resolve("a.yaml"), ORDERS);
    Files.writeString(files.resolve("b.yaml"), POLICY);

    assertThat(ok("apply", "-f", files.toString(), "--dry-run"))
        .isEqualTo(
            """
            Service/shop/orders created (dry run)
            TrafficPolicy/shop/orders created (dry run)
            """);
    assertThat(ok("get", "service", "-n", "shop")).doesNotContain("orders");
    assertThat(ok("apply", "-f", files.toString()))
        .isEqualTo("Service/shop/orders created\nTrafficPolicy/shop/orders created\n");

    var yaml = ok("get", "service", "orders", "-n", "shop", "-o", "yaml");
    assertThat(yaml).startsWith("---\n").contains("name: orders").contains("protocol: http");
    assertThat(input(yaml, "apply", "-f", "-").out()).isEqualTo("Service/shop/orders unchanged\n");
    var json = ok("get", "trafficpolicies", "-o", "json");
    assertThat(input(json.replace("2s", "3s"), "apply", "-f", "-", "--dry-run").out())
        .contains("TrafficPolicy/shop/orders changed (dry run)");
    assertThat(ok("get"))
        .containsPattern("Service +shop +orders +api +[0-9]+")
        .containsPattern("Service +shop +ledger +ledger.yaml +[0-9]+");

    assertThat(ok("delete", "service", "orders", "-n", "shop"))
        .isEqualTo("Service/shop/orders deleted\n");
    var again = run("delete", "service", "orders", "-n", "shop");
    assertThat(again.exit()).isEqualTo(ExitCode.NOT_FOUND.number());
    assertThat(again.err()).isEqualTo("no document Service/shop/orders\n");
    var ofFile = run("delete", "service", "ledger", "-n", "shop");
    assertThat(ofFile.exit()).isEqualTo(ExitCode.FAILURE.number());
    assertThat(ofFile.err()).contains("Service/shop/ledger is from ledger.yaml");
  }

  @Test
  void everyFaultOfEveryFileIsToldAndNothingIsApplied() throws IOException {
    var first = Files.writeString(folder.resolve("first.yaml"), ORDERS.replace("80", "http"));
    var second =
        Files.writeString(folder.resolve("second.yaml"), ORDERS.replace("protocol", "protokol"));
    var good = Files.writeString(folder.resolve("good.yaml"), POLICY);
    var faults =
        first
            + ":8: spec.ports[0].port: 'http' is text, not a number (allowed: a whole number, 1 to"
            + " 65535)\n"
            + second
            + ":9: spec.ports[0].protokol: there is no field 'protokol'; did you mean 'protocol'?"
            + " (allowed: name, port, protocol, targetPort)\n";

    var applied =
        run("apply", "-f", first.toString(), "-f", second.toString(), "-f", good.toString());
    assertThat(applied.exit()).isEqualTo(ExitCode.INVALID_DOCUMENTS.number());
    assertThat(applied.err()).isEqualTo(faults);
    assertThat(ok("get", "trafficpolicies")).isEqualTo("no documents\n");

    // The same, without control.
    var checked = CommandRun.of("validate", first.toString(), second.toString(), good.toString());
    assertThat(checked.exit()).isEqualTo(ExitCode.INVALID_DOCUMENTS.number());
    assertThat(checked.err()).isEqualTo(faults);
  }

  @Test
  void statusShowsWhatIsAlive() {
    var port = new ServicePort("http", 80, 8080, AppProtocol.HTTP);
    control
        .registry()
        .register(Registration.ready("shop", "orders", "orders-0", "10.0.0.1", List.of(port)));

    assertThat(ok("status"))
        .contains(", ready\n")
        .contains("xds        127.0.0.1:" + control.xds().getFirst().getPort())
        .contains("watches    " + folder.resolve("watched"))
        .contains("services   2\nworkloads  1\nsidecars   0\n")
        .contains("problem: bad.yaml:8: spec.ports[0].port: 'x' is text, not a number");
    assertThat(ok("status", "services"))
        .containsPattern("orders +shop +80:8080/http +240\\.240\\.0\\.[0-9]+ +1 +0 +all");
    assertThat(ok("status", "workloads"))
        .containsPattern("orders-0 +shop +orders +10\\.0\\.0\\.1 +READY +yes +yes");
    assertThat(ok("status", "sidecars", "-o", "json")).contains("\"sidecars\" : [ ]");
  }

  private String ok(String... args) {
    var run = run(args);
    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();
    return run.out();
  }

  private CommandRun run(String... args) {
    return input("", args);
  }

  private CommandRun input(String input, String... args) {
    var all =
        Stream.concat(Stream.of(args), Stream.of("--server", ControlPlane.text(control.admin())));
    return CommandRun.withInput(input, all.toArray(String[]::new));
  }
}
