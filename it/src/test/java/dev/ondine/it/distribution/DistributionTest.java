package dev.ondine.it.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.ondine.base.config.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layout in target/dist/ondine; ./ondine test builds it before the tests. */
class DistributionTest {
  private Path home = Path.of("");

  @BeforeEach
  void findDistribution() {
    var property = System.getProperty("ondine.home");
    assumeThat(property).as("a built distribution: run ./ondine test").isNotNull();
    home = Path.of(property);
  }

  @Test
  void sidecarCarriesNothingOfTheControlPlane() throws IOException {
    assertThat(classPath("sidecar"))
        .anyMatch(jar -> jar.startsWith("ondine-proxy-"))
        .anyMatch(jar -> jar.startsWith("ondine-cli-"))
        .noneMatch(jar -> jar.matches("(ondine-control|api|jackson-[abd]|sqlite|jetty|logback).*"));
  }

  @Test
  void everyJarOfBothClassPathsIsThere() throws IOException {
    for (var part : List.of("sidecar", "control")) {
      assertThat(classPath(part))
          .allSatisfy(jar -> assertThat(home.resolve("lib/" + jar)).exists());
    }
  }

  @Test
  void nativeLibrariesLieBesideTheJars() throws IOException {
    try (var files = Files.list(home.resolve("lib/native"))) {
      assertThat(files.map(file -> file.getFileName().toString().replaceAll("_(x86|aarch)_64", "")))
          .containsExactlyInAnyOrder(
              "libnetty_tcnative_linux.so",
              "libnetty_transport_native_epoll.so",
              "libsqlitejdbc.so");
    }
  }

  @Test
  void runsThroughSymbolicLinkFromAnyFolder(@TempDir Path folder)
      throws IOException, InterruptedException {
    var link = Files.createSymbolicLink(folder.resolve("ondine"), home.resolve("bin/ondine"));

    var version = Command.run(Map.of(), "sh", "-c", "cd / && " + link + " version");

    assertThat(version.exit()).isZero();
    assertThat(version.output()).startsWith("ondine " + Version.current() + " (java 25");
  }

  /** A cache that does not fit its class path is silently ignored by the JVM: so look. */
  @Test
  void shortCommandsRunFromTheAotCache() throws IOException, InterruptedException {
    var run =
        Command.run(
            Map.of("ONDINE_JAVA_OPTS", "-Xlog:class+load:stdout"),
            home.resolve("bin/ondine").toString(),
            "version");

    assertThat(run.output())
        .containsPattern("dev\\.ondine\\.cli\\.Ondine source: shared objects file");
  }

  @Test
  void sidecarRunsFromItsOwnAotCache() throws IOException, InterruptedException {
    var run =
        Command.run(
            Map.of("ONDINE_JAVA_OPTS", "-Xlog:class+load:stdout"),
            home.resolve("bin/ondine").toString(),
            "proxy",
            "--help");

    assertThat(run.output())
        .containsPattern("dev\\.ondine\\.cli\\.ProxyMain source: shared objects file");
  }

  private List<String> classPath(String part) throws IOException {
    return Files.readAllLines(home.resolve("lib/" + part + ".classpath"));
  }
}
