package dev.ondine.it.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptsTest {
  @Test
  void shellcheckFindsNothing() throws IOException, InterruptedException {
    assumeThat(Command.run(Map.of(), "sh", "-c", "command -v shellcheck").exit())
        .as("shellcheck is installed")
        .isZero();
    var words = new ArrayList<>(List.of("shellcheck", "-x"));
    words.addAll(scripts());

    assertThat(words).contains("ondine", "tools/dist", "cli/src/main/dist/bin/ondine");
    assertThat(Command.run(Map.of(), words.toArray(String[]::new)).output()).isEmpty();
  }

  @Test
  void refusesJavaHomeThatIsTooOld(@TempDir Path jdk) throws IOException, InterruptedException {
    fakeJdk(jdk, "24.0.2");

    var found = findJdk(Map.of("ONDINE_JAVA_HOME", jdk.toString()));

    assertThat(found.exit()).isEqualTo(2);
    assertThat(found.output()).contains(jdk.toString(), "25");
  }

  @Test
  void takesNewerJdkAndSaysItsVersion(@TempDir Path jdk) throws IOException, InterruptedException {
    fakeJdk(jdk, "26");

    var found = findJdk(Map.of("ONDINE_JAVA_HOME", jdk.toString()));

    assertThat(found).isEqualTo(new Command(0, "26 " + jdk + "\n"));
  }

  @Test
  void saysWhatToInstallWhenThereIsNoJdk(@TempDir Path empty)
      throws IOException, InterruptedException {
    var found =
        Command.run(
            Map.of(),
            "sh",
            "-c",
            ". tools/jdk.sh; jdk_candidates() { echo " + empty + "; }; find_jdk");

    assertThat(found.exit()).isEqualTo(2);
    assertThat(found.output()).contains("Install", "Temurin 25", "JAVA_HOME");
  }

  private static Command findJdk(Map<String, String> environment)
      throws IOException, InterruptedException {
    return Command.run(
        environment, "sh", "-c", ". tools/jdk.sh; find_jdk; echo $JDK_MAJOR $JAVA_HOME");
  }

  private static void fakeJdk(Path folder, String version) throws IOException {
    Files.createDirectory(folder.resolve("bin"));
    for (var tool : List.of("javac", "jlink")) {
      var file = Files.createFile(folder.resolve("bin").resolve(tool));
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
  }

  private static List<String> scripts() throws IOException {
    var root = Command.root();
    var scripts = new ArrayList<String>();
    for (var folder : List.of("tools", ".ci", "cli/src/main/dist")) {
      try (var files = Files.walk(root.resolve(folder))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          if (isScript(file)) {
            scripts.add(root.relativize(file).toString());
          }
        }
      }
    }
    scripts.add("ondine");
    return scripts;
  }

  private static boolean isScript(Path file) throws IOException {
    var text = Files.readString(file);
    return text.startsWith("#!") || text.startsWith("# shellcheck shell=");
  }
}
