package dev.ondine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own. */
@Timeout(120)
class ControlCommandTest {
  @TempDir private Path folder;

  @Test
  void itSaysWhenItIsReadyAndEndsWhenItIsTold() throws Exception {
    var process = start("--store", folder.resolve("state/control.db").toString());
    try (var out = new BufferedReader(process.inputReader(UTF_8))) {
      var line = out.readLine();
      assertThat(line)
          .matches(
              "ondine: control is ready: xds 127\\.0\\.0\\.1:[0-9]+,"
                  + " admin http://127\\.0\\.0\\.1:[0-9]+");
      var admin = admin(line);
      assertThat(CommandRun.of("status", "--server", admin).out()).contains(", ready\n");

      process.toHandle().destroy(); // SIGTERM

      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(out.readLine()).isNull();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void whatItAcknowledgedSurvivesItsDeath() throws Exception {
    var store = folder.resolve("control.db").toString();
    var document =
        """
        apiVersion: mesh.ondine.dev/v1
        kind: Service
        metadata: {name: orders, namespace: shop}
        spec: {ports: [{port: 80}]}
        """;
    var first = start("--store", store);
    var before = "";
    try (var out = new BufferedReader(first.inputReader(UTF_8))) {
      var admin = admin(out.readLine());
      var applied = CommandRun.withInput(document, "apply", "-f", "-", "--server", admin);
      assertThat(applied.out()).isEqualTo("Service/shop/orders created\n");
      before = CommandRun.of("status", "services", "--server", admin).out();
    } finally {
      first.destroyForcibly();
      first.waitFor();
    }
    var second = start("--store", store);
    try (var out = new BufferedReader(second.inputReader(UTF_8))) {
      var admin = admin(out.readLine());
      assertThat(CommandRun.of("status", "services", "--server", admin).out())
          .contains("240.240.0.1")
          .isEqualTo(before);
    } finally {
      second.destroyForcibly();
    }
  }

  @Test
  void withIdentitiesItMakesAnAuthorityThatSurvivesItsDeath() throws Exception {
    var flags =
        new String[] {
          "--identity",
          "on",
          "--store",
          folder.resolve("control.db").toString(),
          "--identity-socket",
          folder.resolve("run/identity.sock").toString()
        };
    var bundle = "";
    var first = start(flags);
    try (var out = new BufferedReader(first.inputReader(UTF_8))) {
      var admin = admin(out.readLine());
      bundle = bundle(admin);
      assertThat(folder.resolve("ca/root.pem")).exists();
      assertThat(folder.resolve("run/identity.sock")).exists();
    } finally {
      first.destroyForcibly();
      first.waitFor();
    }
    var second = start(flags);
    try (var out = new BufferedReader(second.inputReader(UTF_8))) {
      var admin = admin(out.readLine());
      assertThat(bundle(admin)).isEqualTo(bundle);
      assertThat(CommandRun.of("ca", "log", "--server", admin).out())
          .contains("2 entries verified");
      assertThat(CommandRun.of("status", "--server", admin).out()).contains(", ready\n");
    } finally {
      second.destroyForcibly();
    }
  }

  private static String bundle(String admin) {
    return CommandRun.of("ca", "show", "--server", admin)
        .out()
        .lines()
        .filter(line -> line.startsWith("bundle "))
        .findFirst()
        .orElseThrow();
  }

  private static String admin(String line) {
    return line.substring(line.lastIndexOf('/') + 1);
  }

  @Test
  void whatKeepsItFromStartingIsNamedByItsFlag() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var address = "127.0.0.1:" + taken.getLocalPort();
      var store = folder.resolve("control.db").toString();
      assertFails("--admin: cannot listen on " + address, "--admin", address, "--store", store);
      assertFails("--xds: cannot listen on " + address, "--xds", address, "--store", store);
      var missing = folder.resolve("missing").toString();
      assertFails(
          "--watch: " + missing + " is no folder",
          "--watch",
          missing,
          "--store",
          folder.resolve("other.db").toString());
      var damaged = Files.writeString(folder.resolve("damaged.db"), "x".repeat(1_000));
      assertFails("--store: ", "--store", damaged.toString());
      assertFails("damaged.db", "--store", damaged.toString());
    }
  }

  @Test
  void addressesAreReadStrictly() {
    for (var wrong : List.of("15010", ":15010", "127.0.0.1:", "127.0.0.1:70000", "::1:15010")) {
      var run = CommandRun.of("control", "--xds", wrong);
      assertThat(run.exit()).isEqualTo(ExitCode.USAGE.number());
      assertThat(run.err()).contains("allowed: ");
    }
  }

  @Test
  void theStoreIsWhereStateBelongs() {
    var home = Path.of("/home/ada");
    assertThat(StorePlace.store(Map.of(), "root", home)).hasToString("/var/lib/ondine/control.db");
    assertThat(StorePlace.store(Map.of(), "ada", home))
        .hasToString("/home/ada/.local/state/ondine/control.db");
    assertThat(StorePlace.store(Map.of("XDG_STATE_HOME", "/s"), "ada", home))
        .hasToString("/s/ondine/control.db");
  }

  private static void assertFails(String message, String... flags) {
    var args = new ArrayList<>(List.of("control", "--xds", "127.0.0.1:0"));
    args.addAll(List.of("--admin", "127.0.0.1:0"));
    if (List.of(flags).contains("--xds")) {
      args.subList(1, 3).clear();
    }
    if (List.of(flags).contains("--admin")) {
      args.subList(args.size() - 2, args.size()).clear();
    }
    args.addAll(List.of(flags));
    var run = CommandRun.of(args.toArray(String[]::new));
    assertThat(run.err()).contains(message);
    assertThat(run.exit()).isEqualTo(ExitCode.FAILURE.number());
    assertThat(run.out()).isEmpty();
  }

  private static Process start(String... flags) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.ondine.cli.Ondine",
                "control",
                "--xds",
                "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0"));
    command.addAll(List.of(flags));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
