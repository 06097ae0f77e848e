package dev.ondine.cli.demo.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at real processes, which do and do not name what is looked for. */
class ProcessProofTest {
  private static final String WORD = "squirrelmesh";

  @TempDir private Path folder;
  private final ProcessProof proof = new ProcessProof(Path.of("/proc"), List.of("SquirrelMesh"));
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void processThatKnowsNothingIsClean() throws IOException {
    assertThat(findings(process("cat"))).isEmpty();
  }

  @Test
  void argumentsAreSeen() throws IOException {
    assertThat(findings(process("sh", "-c", "read line # " + WORD)))
        .anySatisfy(finding -> assertThat(finding).contains("argument", WORD));
  }

  @Test
  void environmentIsSeen() throws IOException {
    var builder = builder("cat");
    builder.environment().put("UPSTREAM", "http://SQUIRRELMESH:1");

    assertThat(findings(started(builder)))
        .singleElement()
        .satisfies(finding -> assertThat(finding).contains("environment", "UPSTREAM="));
  }

  @Test
  void openFilesAreSeen() throws IOException {
    var file = Files.createFile(folder.resolve(WORD + ".log"));

    assertThat(findings(started(builder("cat").redirectError(file.toFile()))))
        .singleElement()
        .satisfies(finding -> assertThat(finding).contains("open file", file.toString()));
  }

  @Test
  void workingDirectoryIsSeen() throws IOException {
    var home = Files.createDirectory(folder.resolve(WORD));

    assertThat(findings(started(builder("cat").directory(home.toFile()))))
        .singleElement()
        .satisfies(finding -> assertThat(finding).contains("working directory"));
  }

  @Test
  void sharedPipeIsSeen() throws IOException {
    var process = process("cat");
    var ours = proof.pipesAndSockets(process.pid());

    assertThat(ours).isNotEmpty();
    assertThat(proof.findings(process.pid(), Set.copyOf(ours)))
        .hasSameSizeAs(ours)
        .allSatisfy(finding -> assertThat(finding).contains("shares pipe:"));
  }

  @Test
  void processThatIsGoneIsNoProof() throws IOException, InterruptedException {
    var process = process("true");
    process.waitFor();

    assertThatThrownBy(() -> findings(process)).isInstanceOf(IOException.class);
  }

  @Test
  void sessionHoldsAllThatAProgramStarted() throws IOException {
    var process = process("setsid", "sh", "-c", "exec 3<&0; cat <&3 & echo $$; wait");
    var leader = Long.parseLong(process.inputReader().readLine());

    assertThat(proof.session(leader)).contains(leader).hasSize(2);
  }

  private List<String> findings(Process process) throws IOException {
    return proof.findings(process.pid(), Set.of());
  }

  private Process process(String... command) throws IOException {
    return started(builder(command));
  }

  private static ProcessBuilder builder(String... command) {
    var builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    return builder;
  }

  private Process started(ProcessBuilder builder) throws IOException {
    var process = builder.start();
    processes.add(process);
    return process;
  }
}
