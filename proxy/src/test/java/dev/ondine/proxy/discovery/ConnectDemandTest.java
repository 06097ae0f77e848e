package dev.ondine.proxy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.DemandKey;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.ForwardingExchange;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.RequestHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a CONNECT demands: its authority where it is for us, its destination where it is not. */
class ConnectDemandTest {
  private final CacheFixture mesh = new CacheFixture(Map.of());
  private final List<HttpExchange> served = new ArrayList<>();
  private final OnDemandServices layer =
      new OnDemandServices(mesh.cache, "default", DiscoverySettings.parse(Map.of()));

  private HttpExchange connect(String authority, Optional<InetSocketAddress> original) {
    var head =
        new RequestHead("CONNECT", "http", authority, "", HttpVersion.HTTP_1_1, Headers.of());
    var nowhere = new InetSocketAddress(0);
    var info = new ConnectionInfo(Direction.OUTBOUND, nowhere, nowhere, original, Optional.empty());
    var exchange =
        new ForwardingExchange(FakeExchange.to(authority, mesh.control.clock)) {
          @Override
          public RequestHead request() {
            return head;
          }

          @Override
          public ConnectionInfo connection() {
            return info;
          }
        };
    layer.around(served::add).serve(exchange);
    mesh.control.clock.run();
    return exchange;
  }

  private static Optional<InetSocketAddress> to(String ip, int port) {
    return Optional.of(new InetSocketAddress(InetAddress.ofLiteral(ip), port));
  }

  @Test
  void explicitOneDemandsItsAuthority() {
    var exchange = connect("orders", Optional.empty());
    assertThat(exchange.tunnelEndsHere()).isTrue();
    mesh.control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(served).containsExactly(exchange);
    assertThat(exchange.info().demand()).isEqualTo(Shop.key("orders"));
  }

  @Test
  void redirectedOneDemandsTheProxyThatItWasSentTo() {
    connect("orders", Optional.empty());
    mesh.control.has(Shop.http("orders", "10.0.0.1")); // and its authority is remembered
    served.clear();

    var exchange = connect("orders", to("240.240.0.9", 3128));

    assertThat(exchange.tunnelEndsHere()).isFalse();
    assertThat(exchange.info().demand()).isEqualTo(new DemandKey.VirtualIp("240.240.0.9", 3128));
    assertThat(served).isEmpty();
  }

  @Test
  void redirectedOneToAnOutsideProxyPasses() {
    var exchange = connect("orders", to("192.0.2.1", 3128));

    assertThat(served).containsExactly(exchange);
    assertThat(exchange.info().demand()).isNull();
  }
}
