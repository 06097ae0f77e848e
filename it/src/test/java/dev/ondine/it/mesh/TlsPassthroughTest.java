package dev.ondine.it.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ondine.control.registry.ServiceKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS from a real client to real servers, of which the mesh reads the server name only. */
class TlsPassthroughTest {
  /** Nothing is there: only the server name leads anywhere. */
  private static final InetSocketAddress NOWHERE =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 8443);

  @TempDir Path folder;

  private final AtomicReference<InetSocketAddress> destination = new AtomicReference<>(NOWHERE);
  private MeshHarness mesh;
  private RunningSidecar caller;
  private SSLContext keys;

  @BeforeEach
  void startControl() throws Exception {
    mesh = new MeshHarness(folder);
    keys = TlsServer.keys(folder);
    caller = mesh.redirected("web", destination);
  }

  @AfterEach
  void stopAll() {
    mesh.close();
  }

  private TlsServer service(String name) throws IOException {
    var server = mesh.keep(new TlsServer(name, keys));
    mesh.workload(name, name + "-0", List.of("8443:" + server.port() + "/tls"));
    return server;
  }

  /** Sends this to the server of that name, ends its side, and reads to the end. */
  private String call(String serverName, String text) throws IOException {
    try (var socket = connect(serverName)) {
      socket.startHandshake();
      socket.getOutputStream().write(text.getBytes(UTF_8));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private SSLSocket connect(String serverName) throws IOException {
    var outbound = caller.outbound();
    var plain = new Socket(outbound.getAddress(), outbound.getPort());
    plain.setSoTimeout(20_000);
    // By the name the client knows which session it may resume.
    var socket = (SSLSocket) keys.getSocketFactory().createSocket(plain, serverName, 8443, true);
    var parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(serverName)));
    socket.setSSLParameters(parameters);
    return socket;
  }

  @Test
  void serverNameAloneTellsTwoServicesOnOnePortApart() throws Exception {
    var orders = service("orders");
    var stock = service("stock");

    assertThat(call("orders", "one")).isEqualTo("orders read one");
    assertThat(call("stock", "two")).isEqualTo("stock read two");

    assertThat(orders.askedFor()).hasSize(1).first().asString().contains("orders");
    assertThat(stock.askedFor()).hasSize(1).first().asString().contains("stock");
    assertThat(caller.admin("/discovery").body())
        .contains("sni/orders.default.mesh:8443", "sni/stock.default.mesh:8443", "warm");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orders",
        "ORDERS",
        "orders.default",
        "orders.default.mesh",
        "orders-0.orders",
        "orders-0.orders.default.mesh"
      })
  void everyFormOfItsNameLeadsThere(String name) throws Exception {
    service("orders");

    assertThat(call(name, "x")).isEqualTo("orders read x");
  }

  @Test
  void missingServiceIsAnAlertThatTheClientUnderstandsUntilItComes() throws Exception {
    assertThatThrownBy(() -> call("orders", "early"))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("unrecognized_name");

    service("orders");

    await()
        .ignoreExceptionsInstanceOf(SSLException.class)
        .until(() -> call("orders", "late").equals("orders read late"));
  }

  @Test
  void serviceWithoutThatPortIsUnrecognized() throws Exception {
    service("orders");
    destination.set(new InetSocketAddress(NOWHERE.getAddress(), 443));

    assertThatThrownBy(() -> call("orders", "x"))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("unrecognized_name");
  }

  @Test
  void virtualIpDecidesWhateverTheServerNameSays() throws Exception {
    service("orders");
    destination.set(virtualIp("orders"));

    assertThat(call("www.example.com", "x")).isEqualTo("orders read x");
  }

  private InetSocketAddress virtualIp(String service) {
    var view = mesh.registry().world().service(new ServiceKey("default", service)).orElseThrow();
    return new InetSocketAddress(
        InetAddress.ofLiteral(view.service().virtualIp().orElseThrow()), 8443);
  }

  @Test
  void nameOutsideTheMeshGoesToItsAddress() throws Exception {
    var outside = mesh.keep(new TlsServer("outside", keys));
    destination.set(MeshHarness.loopback(outside.port()));

    assertThat(call("www.example.com", "x")).isEqualTo("outside read x");
    assertThat(call("example.com", "x")).isEqualTo("outside read x");
  }
}
