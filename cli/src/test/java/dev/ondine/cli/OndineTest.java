package dev.ondine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.testkit.Golden;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OndineTest {
  @TempDir private Path folder;

  @Test
  void helpListsCommandsAndExitCodes() {
    var run = CommandRun.of("--help");
    assertThat(run.exit()).isZero();
    Golden.check("help.txt", run.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"apply", "ca", "control", "mtls", "token", "validate"})
  void everyCommandHasHelp(String command) {
    var run = CommandRun.of(command, "-h");
    assertThat(run.exit()).isZero();
    Golden.check("help-" + command + ".txt", run.out());
  }

  @Test
  void withoutACommandTheUsageIsWrong() {
    var run = CommandRun.of();
    assertThat(run.exit()).isEqualTo(ExitCode.USAGE.number());
    assertThat(run.err())
        .startsWith("a command is missing")
        .contains("Usage: ondine ")
        .contains("Exit codes:");
  }

  @Test
  void wrongWordsAreNamedWithWhatIsAllowed() {
    assertThat(CommandRun.of("get", "pods"))
        .satisfies(run -> assertThat(run.exit()).isEqualTo(2))
        .satisfies(
            run ->
                assertThat(run.err())
                    .contains("'pods' is no kind (allowed: Service, Workload, TrafficPolicy,"));
    assertThat(CommandRun.of("status", "-o", "xml").err()).contains("xml").contains("YAML");
    assertThat(CommandRun.of("status", "everything").err()).contains("everything");
    assertThat(CommandRun.of("status", "--server", "nonsense"))
        .satisfies(run -> assertThat(run.exit()).isEqualTo(2))
        .satisfies(run -> assertThat(run.err()).contains("'nonsense'").contains("HOST:PORT"));
  }

  @Test
  void unreachableControlHasItsOwnExitCode() throws IOException {
    int free;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    var run = CommandRun.of("status", "--server", "127.0.0.1:" + free);
    assertThat(run.exit()).isEqualTo(ExitCode.UNREACHABLE.number());
    assertThat(run.err()).contains("control at 127.0.0.1:" + free + " cannot be reached");
  }

  @Test
  void filesThatCannotBeReadAreNamed() throws IOException {
    var missing = CommandRun.of("apply", "-f", folder.resolve("missing.yaml").toString());
    assertThat(missing.exit()).isEqualTo(1);
    assertThat(missing.err()).contains("missing.yaml: cannot be read: there is no such file");

    var empty = CommandRun.of("apply", "-f", folder.toString());
    assertThat(empty.err()).contains("the folder has no .yaml, .yml or .json file");

    var binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, 0});
    assertThat(CommandRun.of("apply", "-f", binary.toString()).err())
        .contains("binary.yaml: cannot be read: it is not UTF-8 text");
  }
}
