package dev.ondine.proxy.http.http2;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.http1.Http1Acceptor;
import dev.ondine.proxy.http.http1.Http1Settings;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.EmbeddedConnection;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** An endpoint that accepts connections and never says a word of HTTP/2. */
class SilentEndpointTest implements ClientConnection.Owner {
  private static final InetSocketAddress NOWHERE = InetSocketAddress.createUnresolved("client", 1);
  private static final ConnectionInfo INFO =
      new ConnectionInfo(
          ConnectionInfo.Direction.INBOUND, NOWHERE, NOWHERE, Optional.empty(), Optional.empty());

  private final EmbeddedConnection client = new EmbeddedConnection();
  private final EmbeddedConnection endpoint = new EmbeddedConnection();
  private final List<HttpExchange> exchanges = new ArrayList<>();

  @Test
  void itsRequestEndsWithTheReason() {
    var connection =
        new ClientConnection(
            endpoint.connection(),
            this,
            Keepalive.OFF,
            Http2Limits.DEFAULTS,
            Duration.ofSeconds(5),
            HttpTimes.DEFAULTS.endOfLife(0, new SplittableRandom(1)));
    endpoint.connection().channel().pipeline().addLast(connection);
    new Http1Acceptor(
            exchange -> {
              exchanges.add(exchange);
              connection.serve(exchange);
            },
            Http1Settings.DEFAULTS,
            () -> false,
            (_, _, _) -> {},
            Shedding.OFF,
            new SplittableRandom(1))
        .accept(client.connection(), INFO);
    var get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII);
    client.receive(get, 0, get.length);
    endpoint.pass(4);
    assertThat(endpoint.isOpen()).isTrue();
    assertThat(exchanges.getFirst().isOpen()).isTrue();

    endpoint.pass(2);

    assertThat(endpoint.isOpen()).isFalse();
    assertThat(exchanges.getFirst().info().reason()).isEqualTo(Reason.UPSTREAM_PROTOCOL_ERROR);
  }

  @Override
  public void changed(ClientConnection connection) {}

  @Override
  public void settled(ClientConnection connection) {}

  @Override
  public void closed(ClientConnection connection) {}
}
