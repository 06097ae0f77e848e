package dev.ondine.it.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** UDP other than DNS passes the sidecar of an intercepted process untouched, and is counted. */
class UdpTest {
  private static final String[] NAMESPACES = {
    "unshare", "--user", "--map-root-user", "--net", "--mount"
  };

  @TempDir Path folder;

  @BeforeEach
  void needsNamespacesAndRules() throws Exception {
    var here =
        Command.run(
            Map.of(),
            Stream.concat(
                    Stream.of(NAMESPACES), Stream.of("sh", "-c", "nft list tables && python3 -V"))
                .toArray(String[]::new));
    assumeThat(here.exit()).as("a user namespace with packet rules: %s", here.output()).isZero();
  }

  @Test
  void datagramsPassBothWaysAndAreCountedToTheLastByte() throws Exception {
    var scripts = Command.root().resolve("it/src/test/resources/udp");
    var run =
        Command.run(
            Map.of("HERE", scripts.toString(), "ONDINE_RUN_ROOT", folder.resolve("run").toString()),
            Stream.concat(
                    Stream.of(NAMESPACES),
                    Stream.of(
                        "sh",
                        scripts.resolve("world.sh").toString(),
                        Command.root().resolve("cli/src/main/dist/libexec/ondine-run").toString(),
                        sidecar().toString()))
                .toArray(String[]::new));

    // 11 bytes each, with 8 of UDP and 20 of IP; the queries to port 53 are not among them.
    assertThat(run.output())
        .contains("untouched both ways")
        .containsPattern("packets_total\\{direction=\"sent\"} 20(\\.0)?\\n")
        .containsPattern("packets_total\\{direction=\"received\"} 20(\\.0)?\\n")
        .containsPattern("bytes_total\\{direction=\"sent\"} 780(\\.0)?\\n")
        .containsPattern("bytes_total\\{direction=\"received\"} 780(\\.0)?\\n");
    assertThat(run.exit()).isZero();
    assertThat(folder.resolve("run/default/web-0")).doesNotExist();
  }

  /** What the supervisor starts as sidecar: this build's classes. */
  private Path sidecar() throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    var classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    var script =
        Files.writeString(
            folder.resolve("sidecar"),
            """
            #!/bin/sh
            shift
            CLASSPATH=%s exec %s --enable-native-access=ALL-UNNAMED -XX:TieredStopAtLevel=1 dev.ondine.cli.ProxyMain "$@"
            """
                .formatted("'" + classPath + "'", "'" + java + "'"));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }
}
