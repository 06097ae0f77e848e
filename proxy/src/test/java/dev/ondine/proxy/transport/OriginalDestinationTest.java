package dev.ondine.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SO_ORIGINAL_DST with the kernel's own NAT, in a network namespace of the test. */
class OriginalDestinationTest {
  private final String namespace = "ondine-odst-" + ProcessHandle.current().pid();
  private boolean made;

  @BeforeEach
  void makeNamespace() throws Exception {
    assumeThat(Epoll.isAvailable()).as("epoll").isTrue();
    assumeThat(Stream.of("ip", "nft").allMatch(OriginalDestinationTest::isThere))
        .as("the commands ip and nft")
        .isTrue();
    assumeThat(run("id", "-u")).as("the user's id, root's").isEqualTo("0\n");
    var refusal = tried("ip", "netns", "add", namespace);
    assumeThat(refusal).as("making a network namespace").isEmpty();
    made = true;
    run("ip", "-n", namespace, "link", "set", "lo", "up");
    run("ip", "-n", namespace, "link", "add", "out", "type", "veth", "peer", "name", "far");
    run("ip", "-n", namespace, "address", "add", "192.0.2.2/24", "dev", "out");
    run("ip", "-n", namespace, "address", "add", "2001:db8::2/64", "dev", "out", "nodad");
    run("ip", "-n", namespace, "link", "set", "out", "up");
    run("ip", "-n", namespace, "link", "set", "far", "up");
    run("ip", "-n", namespace, "route", "add", "default", "via", "192.0.2.1");
    run("ip", "-n", namespace, "-6", "route", "add", "default", "via", "2001:db8::1");
  }

  @AfterEach
  void removeNamespace() throws Exception {
    if (made) {
      run("ip", "netns", "delete", namespace);
    }
  }

  @Test
  void connectionsShowWhereTheyWereMeantToGo() throws Exception {
    assertThat(peer("0.0.0.0", "with-rules", "240.240.0.5", "OWN 127.0.0.1", "OWN 192.0.2.2"))
        .containsExactly(
            "240.240.0.5 -> 240.240.0.5 3306",
            "OWN 127.0.0.1 -> not redirected",
            "OWN 192.0.2.2 -> not redirected");
  }

  @Test
  void listenerForBothFamiliesSeesBoth() throws Exception {
    assertThat(peer("::", "with-rules", "240.240.0.5", "fd00:240::5", "OWN 127.0.0.1", "OWN ::1"))
        .containsExactly(
            "240.240.0.5 -> 240.240.0.5 3306",
            "fd00:240::5 -> fd00:240:0:0:0:0:0:5 3306",
            "OWN 127.0.0.1 -> not redirected",
            "OWN ::1 -> not redirected");
  }

  @Test
  void withoutNatThereIsNone() throws Exception {
    assertThat(peer("::", "without-rules", "OWN 127.0.0.1", "OWN 192.0.2.2", "OWN 2001:db8::2"))
        .containsExactly(
            "OWN 127.0.0.1 -> not redirected",
            "OWN 192.0.2.2 -> not redirected",
            "OWN 2001:db8::2 -> not redirected");
  }

  private List<String> peer(String... args) throws Exception {
    var classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    var command =
        new ArrayList<>(
            List.of(
                "ip",
                "netns",
                "exec",
                namespace,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                RedirectedPeer.class.getName()));
    command.addAll(List.of(args));
    return run(Map.of("CLASSPATH", classPath), command.toArray(String[]::new)).lines().toList();
  }

  private static boolean isThere(String command) {
    return Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin")
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  private static String run(String... command) throws IOException, InterruptedException {
    return run(Map.of(), command);
  }

  private static String run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("exit code of %s", List.of(command)).isZero();
    return output;
  }

  /** What it said when it failed; empty when it did not. */
  private static String tried(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : output + "exit code " + process.exitValue();
  }
}
