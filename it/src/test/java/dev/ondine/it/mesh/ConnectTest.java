package dev.ondine.it.mesh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not HTTP in explicit mode: by CONNECT to the sidecar. */
class ConnectTest {
  @TempDir Path folder;

  private MeshHarness mesh;
  private ServerSocket ledger;

  @BeforeEach
  void startControl() throws Exception {
    mesh = new MeshHarness(folder);
    ledger = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
  }

  @AfterEach
  void stopAll() throws Exception {
    mesh.close();
    ledger.close();
  }

  /** Speaks first, and then echoes in capitals up to the client's end. */
  private void serve() {
    while (!ledger.isClosed()) {
      try {
        var socket = ledger.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      var out = socket.getOutputStream();
      out.write("ledger ready\n".getBytes(ISO_8859_1));
      var all = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      out.write(all.toUpperCase(Locale.ROOT).getBytes(ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that a client gets for what it sends, up to the end. */
  private static String ask(RunningSidecar caller, String target, String text) throws IOException {
    return ask(caller, target, text, true);
  }

  private static String ask(RunningSidecar caller, String target, String text, boolean ends)
      throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), caller.explicitPort())) {
      socket.setSoTimeout(20_000);
      var request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n" + text;
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      if (ends) {
        socket.shutdownOutput();
      }
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  @Test
  void tcpServiceIsDiscoveredOnDemandByItsName() throws Exception {
    mesh.workload("ledger", "ledger-0", List.of("7000:" + ledger.getLocalPort() + "/tcp"));
    var caller = mesh.caller("web");

    var answer = ask(caller, "ledger:7000", "one entry");

    assertThat(answer).isEqualTo("HTTP/1.1 200 OK\r\n\r\nledger ready\nONE ENTRY");
    assertThat(caller.admin("/discovery").body()).contains("ledger.default.mesh:7000", "warm");
    assertThat(caller.admin("/metrics").body())
        .contains("destination_service=\"ledger.default.mesh\"");
  }

  @Test
  void connectionsAreSpreadOverTheInstances() throws Exception {
    for (var i = 0; i < 3; i++) {
      var instance = mesh.backend("orders-" + i);
      mesh.workload("orders", "orders-" + i, List.of("80:" + instance.port() + "/http"));
    }
    var caller = mesh.caller("web");

    var answers = new HashSet<String>();
    for (var i = 0; i < 60; i++) {
      var request = "GET / HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n";
      var answer = ask(caller, "orders:80", request, false);
      assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n");
      answers.add(answer.substring(answer.lastIndexOf('\n') + 1));
    }

    assertThat(answers).containsExactlyInAnyOrder("orders-0", "orders-1", "orders-2");
  }

  @Test
  void unknownNameIsToldAtOnce() throws Exception {
    var caller = mesh.caller("web");

    assertThat(ask(caller, "nobody:7000", ""))
        .startsWith("HTTP/1.1 404 ")
        .contains("x-ondine-reason: no_such_service", "connection: close");
  }

  @Test
  void sidecarsOwnPortsAreOutOfReach() throws Exception {
    var caller = mesh.caller("web");

    for (var port : List.of(caller.adminPort(), caller.explicitPort())) {
      assertThat(ask(caller, "127.0.0.1:" + port, "GET /info HTTP/1.1\r\nHost: localhost\r\n\r\n"))
          .startsWith("HTTP/1.1 508 ")
          .contains("x-ondine-reason: loop");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.1.2.3",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
        "LOCALHOST",
        "0.0.0.0"
      })
  void thisHostsLoopbackIsOutOfReach(String host) throws Exception {
    var caller = mesh.caller("web");

    assertThat(ask(caller, host + ":" + ledger.getLocalPort(), ""))
        .startsWith("HTTP/1.1 403 ")
        .contains("x-ondine-reason: not_permitted")
        .doesNotContain("ledger ready");
  }
}
