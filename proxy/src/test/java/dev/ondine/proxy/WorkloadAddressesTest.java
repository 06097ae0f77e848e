package dev.ondine.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Endpoint;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.ListenerSettings;
import dev.ondine.proxy.transport.TcpListener;
import dev.ondine.xds.transport.GrpcChannels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkloadAddressesTest {
  private static final InetAddress OWN = InetAddress.ofLiteral("127.0.0.7");

  private final GrpcChannels channels = new GrpcChannels(0);
  private int listener;

  @AfterEach
  void closeChannels() {
    channels.close();
  }

  @Test
  void workloadIsFoundOnLoopback() throws IOException {
    try (var app = listen("127.0.0.1")) {
      var workload = workload(new ReadyCheck.Tcp(), app.getLocalPort());

      assertThat(workload.check(channels)).isEmpty();
      assertThat(workload.of(meantFor(app.getLocalPort())))
          .contains(Endpoint.of("127.0.0.1", app.getLocalPort()));
    }
  }

  @Test
  void workloadIsFoundOnTheAddressThatCallersUse() throws IOException {
    try (var app = listen(OWN.getHostAddress())) {
      var workload = workload(new ReadyCheck.Tcp(), app.getLocalPort());

      assertThat(workload.check(channels)).isEmpty();
      assertThat(workload.of(meantFor(app.getLocalPort())))
          .contains(Endpoint.of("127.0.0.7", app.getLocalPort()));
    }
  }

  @Test
  void everyPortMustAnswer() throws IOException {
    try (var first = listen("127.0.0.1")) {
      WorkloadAddresses workload;
      int gone;
      try (var second = listen("127.0.0.1")) {
        gone = second.getLocalPort();
        workload = workload(new ReadyCheck.Tcp(), first.getLocalPort(), gone);
        assertThat(workload.check(channels)).isEmpty();
      }

      assertThat(workload.check(channels).orElse("")).contains("port " + gone + " does not answer");
    }
  }

  @Test
  void connectionIsForThePortOfItsListener() throws IOException {
    var workload =
        new WorkloadAddresses(
            List.of(WorkloadPort.parse("80:8080"), WorkloadPort.parse("7000/tcp")),
            new ReadyCheck.Tcp(),
            OWN);
    assertThat(firstConnection(workload, "80:8080")).contains(Endpoint.of("127.0.0.1", 8080));
    assertThat(firstConnection(workload, "7000/tcp")).contains(Endpoint.of("127.0.0.1", 7000));
    assertThat(workload.protocol(cameTo(listener))).isEqualTo(AppProtocol.TCP);
    assertThat(workload.of(cameTo(1))).isEmpty();
    assertThat(workload.of(meantFor(9))).isEmpty();
  }

  /** Where it goes: nobody has told of its listener before it comes. */
  private Optional<Endpoint> firstConnection(WorkloadAddresses workload, String port)
      throws IOException {
    var seen = new LinkedBlockingQueue<Optional<Endpoint>>();
    var acceptor =
        workload.only(
            WorkloadPort.parse(port),
            (connection, info) -> {
              seen.add(workload.of(info));
              connection.close();
            });
    var loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    var settings = ListenerSettings.on(loopback, Direction.INBOUND);
    try (var loops = EventLoops.start(1);
        var bound = TcpListener.bind(loops, settings, acceptor)) {
      listener = ((InetSocketAddress) bound.address()).getPort();
      try (var _ = new Socket(loopback.getAddress(), listener)) {
        await().until(() -> !seen.isEmpty());
      }
    }
    return seen.remove();
  }

  private static WorkloadAddresses workload(ReadyCheck ready, int... ports) {
    var all = Arrays.stream(ports).mapToObj(String::valueOf).map(WorkloadPort::parse);
    return new WorkloadAddresses(all.toList(), ready, OWN);
  }

  private static ServerSocket listen(String address) throws IOException {
    return new ServerSocket(0, 10, InetAddress.ofLiteral(address));
  }

  private static ConnectionInfo meantFor(int port) {
    return connection(15006, Optional.of(new InetSocketAddress(OWN, port)));
  }

  private static ConnectionInfo cameTo(int listener) {
    return connection(listener, Optional.empty());
  }

  private static ConnectionInfo connection(int listener, Optional<InetSocketAddress> original) {
    return new ConnectionInfo(
        Direction.INBOUND,
        new InetSocketAddress(OWN, 50_000),
        new InetSocketAddress(OWN, listener),
        original,
        Optional.empty());
  }
}
