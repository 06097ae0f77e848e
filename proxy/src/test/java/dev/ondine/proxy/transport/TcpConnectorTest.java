package dev.ondine.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpConnectorTest {
  private final EventLoops loops = EventLoops.startNio(1);
  private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    loops.close();
  }

  private String connect(String host, int port, int forbidden) throws InterruptedException {
    new TcpConnector(
            loops,
            Map.of(),
            (name, to) ->
                to.getPort() == forbidden
                    ? Optional.of(Failure.notSent(Reason.LOOP, "not to " + name))
                    : Optional.empty())
        .connect(
            loops.all().getFirst(),
            host,
            port,
            Duration.ofSeconds(5),
            new TcpConnector.Attempt() {
              @Override
              public void connected(Connection connection) {
                connection.close();
                outcomes.add("connected");
              }

              @Override
              public void failed(Failure why) {
                outcomes.add(why.reason().text() + ": " + why.detail());
              }
            });
    return String.valueOf(outcomes.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void nameThatLeadsToTheSidecarIsNotFollowed() throws IOException, InterruptedException {
    try (var own = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = own.getLocalPort();

      assertThat(connect("LocalHost", port, port)).isEqualTo("loop: not to LocalHost");
    }
  }

  @Test
  void otherNameIsFollowed() throws IOException, InterruptedException {
    try (var other = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      assertThat(connect("localhost", other.getLocalPort(), 1)).isEqualTo("connected");
    }
  }
}
