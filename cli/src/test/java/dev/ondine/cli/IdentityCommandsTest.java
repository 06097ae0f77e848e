package dev.ondine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.base.time.Ticker;
import dev.ondine.control.ControlPlane;
import dev.ondine.control.ControlSettings;
import dev.ondine.control.IdentitySettings;
import dev.ondine.control.ca.CaConfig;
import dev.ondine.control.ca.CaSettings;
import dev.ondine.control.registry.Registration;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.JoinToken;
import dev.ondine.model.ServicePort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that drive the authority, against a running control plane and on its folder. */
class IdentityCommandsTest {
  @TempDir private Path folder;

  @Test
  void aRunningAuthorityIsShownAndDriven() throws Exception {
    try (var control = control(true)) {
      var server = ControlPlane.text(control.admin());
      var show = CommandRun.of("ca", "show", "--server", server);
      assertThat(show.out())
          .contains("trust domain mesh.local")
          .contains("root, issuing")
          .contains("intermediate")
          .contains("control's own")
          .contains(", sequence 1");

      var token =
          CommandRun.of(
              "token", "create", "-n", "shop", "--service-account", "orders", "--server", server);
      var made = JoinToken.parse(token.out());
      assertThat(made.trustDomain()).isEqualTo("mesh.local");
      assertThat(token.out().strip().lines()).hasSize(1);
      assertThat(token.err()).contains("lets spiffe://mesh.local/ns/shop/sa/orders in once");
      var json =
          CommandRun.of(
              "token",
              "create",
              "--service-account",
              "orders",
              "--ttl",
              "1m",
              "-o",
              "json",
              "--server",
              server);
      assertThat(json.out())
          .contains("\"identity\" : \"spiffe://mesh.local/ns/default/sa/orders\"");

      assertThat(CommandRun.of("ca", "log", "--server", server).out())
          .contains("spiffe://mesh.local/ns/ondine-system/sa/control")
          .contains("1 entries verified, the last is sha256:");

      assertThat(CommandRun.of("ca", "rotate-root", "advance", "--server", server))
          .satisfies(run -> assertThat(run.exit()).isEqualTo(ExitCode.FAILURE.number()))
          .satisfies(run -> assertThat(run.err()).contains("no rotation is under way"));
      assertThat(CommandRun.of("ca", "rotate-root", "start", "--server", server).out())
          .startsWith("phase added, bundle 2\n");
      assertThat(CommandRun.of("ca", "rotate-root", "status", "--server", server).out())
          .startsWith("phase added");
    }
  }

  @Test
  void strictIsRefusedWithTheReasonsAndForced() throws Exception {
    try (var control = control(true)) {
      var server = ControlPlane.text(control.admin());
      control
          .registry()
          .register(
              Registration.ready(
                  "shop",
                  "orders",
                  "orders-0",
                  "10.0.0.1",
                  List.of(new ServicePort("http", 80, 8080, AppProtocol.HTTP))));

      var refused = CommandRun.of("mtls", "strict", "-n", "shop", "--server", server);
      assertThat(refused.exit()).isEqualTo(ExitCode.FAILURE.number());
      assertThat(refused.err())
          .isEqualTo(
              """
              shop does not become strict (--force: all the same), because
              orders-0.shop: its sidecar has no identity
              """);
      assertThat(CommandRun.of("mtls", "status", "--namespace", "shop", "--server", server).out())
          .containsPattern("orders +shop +permissive +default +0 of 1 +nobody +nobody +not safe")
          .contains("not safe: orders.shop: orders-0.shop: its sidecar has no identity");
      assertThat(
              CommandRun.of("mtls", "status", "-n", "bank", "--window", "5m", "--server", server)
                  .out())
          .isEqualTo("no services\n");

      var forced =
          CommandRun.of(
              "mtls", "strict", "-n", "shop", "--service", "orders", "--force", "--server", server);
      assertThat(forced.err()).isEmpty();
      assertThat(forced.out())
          .startsWith("forced, although: orders-0.shop: its sidecar has no identity\n")
          .contains("MeshIdentity/shop/orders created\n")
          .containsPattern("orders +shop +strict +MeshIdentity/shop/orders");
      assertThat(
              CommandRun.of(
                      "mtls", "permissive", "-n", "shop", "--service", "orders", "--server", server)
                  .out())
          .startsWith("MeshIdentity/shop/orders changed\n")
          .containsPattern("orders +shop +permissive");
      assertThat(CommandRun.of("mtls", "status", "--window", "2h", "--server", server).err())
          .contains("window: 2h (allowed: up to 1h");
      assertThat(CommandRun.of("mtls", "strict", "-n", "bank", "--server", server).err())
          .contains("namespace bank has no services");
    }
  }

  @Test
  void applyOnlyWarnsOfWhomStrictWouldKeepOut() throws Exception {
    try (var control = control(true)) {
      var server = ControlPlane.text(control.admin());
      control
          .registry()
          .register(
              Registration.ready(
                  "shop",
                  "orders",
                  "orders-0",
                  "10.0.0.1",
                  List.of(new ServicePort("http", 80, 8080, AppProtocol.HTTP))));
      var strict =
          """
          apiVersion: mesh.ondine.dev/v1
          kind: MeshIdentity
          metadata: {name: all, namespace: shop}
          spec: {mtls: strict}
          """;

      var run = CommandRun.withInput(strict, "apply", "-f", "-", "--server", server);
      assertThat(run.exit()).isZero();
      assertThat(run.out()).isEqualTo("MeshIdentity/shop/all created\n");
      var service =
          strict
              .replace("name: all", "name: web")
              .replace("{mtls", "{targetRef: {name: orders}, mtls")
              .replace("strict", "permissive");
      CommandRun.withInput(service, "apply", "-f", "-", "--server", server);
      assertThat(
              CommandRun.of(
                      "mtls",
                      "strict",
                      "-n",
                      "shop",
                      "--service",
                      "web",
                      "--force",
                      "--server",
                      server)
                  .out())
          .as("a document of that name is about another service")
          .contains("MeshIdentity/shop/web-2 created");
      assertThat(run.err())
          .isEqualTo(
              "warning: MeshIdentity/shop/all is strict, but orders-0.shop: its sidecar has no"
                  + " identity\n");
    }
  }

  @Test
  void wrongTokensAreRefusedWithWhatIsAllowed() throws Exception {
    try (var control = control(true)) {
      var server = ControlPlane.text(control.admin());
      assertThat(
              CommandRun.of("token", "create", "--service-account", "No One", "--server", server)
                  .err())
          .contains("No One");
      assertThat(
              CommandRun.of(
                      "token",
                      "create",
                      "--service-account",
                      "orders",
                      "--ttl",
                      "48h",
                      "--server",
                      server)
                  .err())
          .contains("token lifetime: PT48H is out of range (allowed: PT1S to PT24H)");
    }
  }

  @Test
  void withoutIdentitiesTheCommandsSaySo() throws Exception {
    try (var control = control(false)) {
      var run = CommandRun.of("ca", "show", "--server", ControlPlane.text(control.admin()));
      assertThat(run.exit()).isEqualTo(ExitCode.FAILURE.number());
      assertThat(run.err()).contains("--identity is off");
    }
    var wrong = CommandRun.of("control", "--xds-plaintext", "127.0.0.1:0");
    assertThat(wrong.exit()).isEqualTo(ExitCode.USAGE.number());
    assertThat(wrong.err()).contains("--xds-plaintext means nothing without --identity on");
    assertThat(CommandRun.of("control", "--identity", "on", "--local-identity", "x=y").err())
        .contains("'x=y' is no rule");
    assertThat(CommandRun.of("control", "--identity", "on", "--trust-domain", "Mesh.Local").err())
        .contains("'Mesh.Local' is no trust domain");
  }

  @Test
  void anOfflineRootServesAnAuthorityElsewhere() throws Exception {
    var ca = folder.resolve("ca").toString();
    var offline = folder.resolve("offline").toString();
    var init = CommandRun.of("ca", "init", "--offline-root", offline, "--ca-dir", ca);
    assertThat(init.exit()).isZero();
    assertThat(init.out()).contains("key elsewhere").contains("root and its key in " + offline);
    var next = folder.resolve("next.pem").toString();
    assertThat(
            CommandRun.of("ca", "sign-intermediate", "--offline-root", offline, "--out", next)
                .exit())
        .isZero();
    assertThat(
            CommandRun.of("ca", "sign-intermediate", "--offline-root", offline, "--out", next)
                .err())
        .contains("is there already");
    var imported = CommandRun.of("ca", "import", next, "--ca-dir", ca);
    assertThat(imported.out()).contains("intermediate  sha256:");
    assertThat(CommandRun.of("ca", "show", "--ca-dir", ca).out()).isEqualTo(imported.out());

    Files.setPosixFilePermissions(Path.of(ca), PosixFilePermissions.fromString("rwxr-xr-x"));
    var refused = CommandRun.of("ca", "show", "--ca-dir", ca);
    assertThat(refused.exit()).isEqualTo(ExitCode.FAILURE.number());
    assertThat(refused.err()).contains("has the permissions rwxr-xr-x");
    assertThat(CommandRun.of("ca", "import", next, "--ca-dir", offline).err())
        .isEmpty(); // the same root
  }

  @Test
  void theSocketIsWhereTheUsersRuntimeIs() {
    assertThat(StorePlace.identitySocket(Map.of("XDG_RUNTIME_DIR", "/run/user/7"), 0))
        .hasToString("/run/ondine/identity.sock");
    assertThat(StorePlace.identitySocket(Map.of("XDG_RUNTIME_DIR", "/run/user/7"), 7))
        .hasToString("/run/user/7/ondine/identity.sock");
    assertThat(StorePlace.identitySocket(Map.of(), 7)).hasToString("/tmp/ondine-7/identity.sock");
  }

  private ControlPlane control(boolean identity) throws Exception {
    var settings =
        new ControlSettings(
            List.of(loopback()), loopback(), folder.resolve("control.db"), Optional.empty());
    return ControlPlane.start(
        identity
            ? settings.withIdentity(
                new IdentitySettings(
                    new CaConfig(
                        "mesh.local",
                        folder.resolve("keys"),
                        Optional.empty(),
                        List.of(),
                        CaSettings.DEFAULTS),
                    folder.resolve("run/identity.sock"),
                    List.of()))
            : settings,
        InstantSource.system(),
        Ticker.system());
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}
