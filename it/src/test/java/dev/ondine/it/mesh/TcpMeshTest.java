package dev.ondine.it.mesh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.control.registry.ServiceKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Opaque TCP through the caller's and the callee's sidecar. */
class TcpMeshTest {
  @TempDir Path folder;

  private final AtomicReference<InetSocketAddress> destination = new AtomicReference<>();
  private MeshHarness mesh;
  private RunningSidecar caller;

  @BeforeEach
  void startControl() throws Exception {
    mesh = new MeshHarness(folder);
    caller = mesh.redirected("web", destination);
  }

  @AfterEach
  void stopAll() {
    mesh.close();
  }

  /** The next connections are meant for this port of the service's virtual IP. */
  private void meantFor(String service, int port) {
    var view = mesh.registry().world().service(new ServiceKey("default", service)).orElseThrow();
    destination.set(
        new InetSocketAddress(
            InetAddress.ofLiteral(view.service().virtualIp().orElseThrow()), port));
  }

  private Socket connect() throws IOException {
    var outbound = caller.outbound();
    var socket = new Socket(outbound.getAddress(), outbound.getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /**
   * A port that is said to be TCP, one of which nothing is said, and one that is known for servers
   * that speak first.
   */
  @ParameterizedTest
  @ValueSource(strings = {"2525/tcp", "2525/auto", "25/auto"})
  void serverThatSpeaksFirstIsHeard(String port) throws Exception {
    var mail = new MailServer();
    var server = mesh.keep(new SocketServer(mail));
    var parts = port.split("/", 2);
    mesh.workload("mail", "mail-0", List.of(parts[0] + ":" + server.port() + "/" + parts[1]));
    meantFor("mail", Integer.parseInt(parts[0]));

    for (var i = 1; i <= 2; i++) { // the first finds the service, the second knows it
      try (var socket = connect()) {
        var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        assertThat(lines.readLine()).isEqualTo("220 mail ready");
        for (var command : List.of("EHLO web", "MAIL FROM:<a@web>", "RCPT TO:<b@mail>")) {
          say(socket, command);
          assertThat(lines.readLine()).startsWith("250");
        }
        say(socket, "DATA");
        assertThat(lines.readLine()).startsWith("354");
        say(socket, "mail " + i + "\r\n.");
        assertThat(lines.readLine()).startsWith("250");
        say(socket, "QUIT");
        assertThat(lines.readLine()).startsWith("221");
        assertThat(lines.readLine()).isNull();
      }
    }
    assertThat(mail.mails()).containsExactly("mail 1\n", "mail 2\n");
  }

  private static void say(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(US_ASCII));
  }

  @Test
  void clientMayEndItsSideAndWaitForItsAnswer() throws Exception {
    var db =
        mesh.keep(
            new SocketServer(
                socket -> {
                  var read = socket.getInputStream().readAllBytes();
                  socket.getOutputStream().write("read ".getBytes(UTF_8));
                  socket.getOutputStream().write(read);
                }));
    mesh.workload("db", "db-0", List.of("7000:" + db.port() + "/tcp"));
    meantFor("db", 7000);

    try (var client = connect()) {
      client.getOutputStream().write("all I say".getBytes(UTF_8));
      client.shutdownOutput();
      assertThat(new String(client.getInputStream().readAllBytes(), UTF_8))
          .isEqualTo("read all I say");
    }
  }

  @Test
  void serverMayEndItsSideAndListenOn() throws Exception {
    var heard = new ConcurrentLinkedQueue<String>();
    var db =
        mesh.keep(
            new SocketServer(
                socket -> {
                  socket.getOutputStream().write("all I say".getBytes(UTF_8));
                  socket.shutdownOutput();
                  heard.add(new String(socket.getInputStream().readAllBytes(), UTF_8));
                }));
    mesh.workload("db", "db-0", List.of("7000:" + db.port() + "/tcp"));
    meantFor("db", 7000);

    try (var client = connect()) {
      assertThat(new String(client.getInputStream().readAllBytes(), UTF_8)).isEqualTo("all I say");
      client.getOutputStream().write("and my answer".getBytes(UTF_8));
      client.shutdownOutput();
      await().until(() -> heard.contains("and my answer"));
    }
  }
}
