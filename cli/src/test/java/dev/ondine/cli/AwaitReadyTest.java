package dev.ondine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ondine run} does when the sidecar is not ready in time, run by the shell itself. */
@Timeout(60)
class AwaitReadyTest {
  private static final Path SCRIPT = Path.of("src/main/dist/libexec/run/sidecar.sh");

  /** Looks once instead of waiting, and tells instead of ending. */
  private static final String REST =
      """
      run_dir=$2 wait_ms=1 wait_text=1ms stop_asked=0 control=control:15010
      . "$1"
      wait_for() { "$1"; }
      say() { echo "goes on"; }
      give_up() { echo "gives up: $2"; exit 0; }
      await_ready
      """;

  @TempDir private Path runDir;

  @BeforeEach
  void makeItsFolder() throws IOException {
    Files.createDirectory(runDir.resolve("sidecar"));
  }

  @Test
  void aSidecarThatEndedAndDoesNotComeBackDoesNotStart() throws Exception {
    Files.writeString(runDir.resolve("sidecar_status"), "1\n");

    assertThat(awaitReady()).startsWith("gives up: the sidecar does not start");
  }

  @Test
  void aSidecarThatEndedOnceAndRunsAgainMerelyLacksControl() throws Exception {
    Files.writeString(runDir.resolve("sidecar_status"), "1\n");
    Files.writeString(runDir.resolve("sidecar/state"), "starting\n");

    assertThat(awaitReady()).isEqualTo("goes on\n");
  }

  private String awaitReady() throws IOException, InterruptedException {
    var shell =
        new ProcessBuilder(
                "sh", "-c", REST, "sh", SCRIPT.toAbsolutePath().toString(), runDir.toString())
            .redirectErrorStream(true)
            .start();
    var said = new String(shell.getInputStream().readAllBytes(), UTF_8);
    assertThat(shell.waitFor()).as(said).isZero();
    return said;
  }
}
