package dev.ondine.it.mesh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests through the explicit port for what is no service of the mesh. */
class OutsideTest {
  @TempDir Path folder;

  private MeshHarness mesh;
  private RunningSidecar caller;

  @BeforeEach
  void start() throws Exception {
    mesh = new MeshHarness(folder);
    caller = mesh.caller("web");
  }

  @AfterEach
  void stopAll() {
    mesh.close();
  }

  private String get(String authority) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), caller.explicitPort())) {
      socket.setSoTimeout(20_000);
      var request =
          "GET http://%s/ HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
              .formatted(authority, authority);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "[::1]", "localhost", "LocalHost", "0.0.0.0", "127.1"})
  void theSidecarsOwnPortsAreALoop(String host) throws Exception {
    for (var port : new int[] {caller.explicitPort(), caller.adminPort()}) {
      assertThat(get(host + ":" + port))
          .startsWith("HTTP/1.1 508 ")
          .contains("x-ondine-reason: loop");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "LocalHost"})
  void theWorkloadCallsItsOwnServices(String host) throws Exception {
    assertThat(get(host + ":" + mesh.backend("web").port()))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("web");
  }

  @ParameterizedTest
  @ValueSource(strings = {"169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]"})
  void whatTheLinkKeepsIsOutOfReach(String host) throws Exception {
    assertThat(get(host))
        .startsWith("HTTP/1.1 403 ")
        .contains("x-ondine-reason: not_permitted", "an address of this host's link");
  }

  /** An address that leads back in a way that no sidecar can know, such as a forwarded port. */
  @Test
  void whatComesRoundByAnotherAddressEnds() throws Exception {
    var rounds = new AtomicInteger();
    try (var forwarded = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> forward(forwarded, rounds));

      assertThat(get("127.0.0.1:" + forwarded.getLocalPort()))
          .startsWith("HTTP/1.1 508 ")
          .contains("x-ondine-reason: loop", "has left the mesh 16 times");
    }
    assertThat(rounds).hasValue(16);
  }

  private void forward(ServerSocket from, AtomicInteger rounds) {
    while (!from.isClosed()) {
      try {
        var there = from.accept();
        rounds.incrementAndGet();
        var back = new Socket(InetAddress.getLoopbackAddress(), caller.explicitPort());
        Thread.ofVirtual().start(() -> copy(there, back));
        Thread.ofVirtual().start(() -> copy(back, there));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException _) {
      // the other direction has ended it
    }
  }
}
