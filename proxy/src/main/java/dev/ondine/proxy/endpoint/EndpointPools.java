package dev.ondine.proxy.endpoint;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Endpoint;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.ForwardingExchange;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.tls.Inside;
import dev.ondine.proxy.tls.TransportSecurity.Expected;
import dev.ondine.proxy.transport.Loop;
import dev.ondine.proxy.transport.Sweeper;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * All pools of one loop, by endpoint and protocol: the innermost service, which sends an exchange
 * to the endpoint that was chosen for it. Confined to the loop.
 */
public final class EndpointPools implements HttpService, Sweeper.Sweepable {
  private static final int SWEEPS = 10; // between two looks for pools that nobody uses

  private final ByVersion mesh;
  private final ByVersion outside;
  private final HttpService tunnels;
  private final Map<Key, EndpointPool> pools = new HashMap<>();
  private final Loop loop;
  private final Duration connectTimeout;
  private int sweeps;

  /** What makes the pools of each version. */
  public record ByVersion(PoolFactory http1, PoolFactory http2) {
    private PoolFactory of(boolean speaks2) {
      return speaks2 ? http2 : http1;
    }
  }

  private record Key(String host, int port, boolean http2, boolean outside, Expected expected) {}

  /**
   * Pools of this loop, made when the first exchange needs one.
   *
   * @param mesh of endpoints that control chose
   * @param outside of the others: the same name may not lead everywhere there
   * @param tunnels serves a CONNECT whose tunnel ends here
   * @param connectTimeout of endpoints that are of no cluster
   */
  public EndpointPools(
      Loop loop, ByVersion mesh, ByVersion outside, HttpService tunnels, Duration connectTimeout) {
    this.connectTimeout = connectTimeout;
    this.loop = loop;
    this.tunnels = tunnels;
    this.mesh = mesh;
    this.outside = outside;
  }

  @Override
  public void serve(HttpExchange exchange) {
    assert loop.inThread();
    var endpoint = exchange.info().endpoint();
    if (endpoint == null) {
      exchange.fail(Failure.notSent(Reason.NO_ENDPOINTS, "no endpoint was chosen"));
      return;
    }
    if (exchange.tunnelEndsHere()) {
      tunnels.serve(exchange);
    } else if (speaksHttp2(exchange)) {
      pool(exchange, endpoint, true).serve(perhapsByHttp1(exchange, endpoint));
    } else {
      pool(exchange, endpoint, false).serve(exchange);
    }
  }

  /**
   * An endpoint whose HTTP/2 does not know RFC 8441 mostly serves WebSocket by HTTP/1.1. Only where
   * it is not said what it speaks: then it was the caller who chose.
   */
  private HttpExchange perhapsByHttp1(HttpExchange exchange, Endpoint endpoint) {
    var target = exchange.info().target();
    var said = target != null && target.cluster().upstreamProtocol() != AppProtocol.AUTO;
    if (exchange.request().protocol().isEmpty() || said) {
      return exchange;
    }
    return new ForwardingExchange(exchange) {
      @Override
      public void fail(Failure failure) {
        if (failure.reason() == Reason.NOT_IMPLEMENTED && above.isOpen()) {
          pool(above, endpoint, false).serve(above);
        } else {
          above.fail(failure);
        }
      }
    };
  }

  private EndpointPool pool(HttpExchange exchange, Endpoint endpoint, boolean speaks2) {
    var target = exchange.info().target();
    var expected =
        EndpointConnector.expected(target, endpoint, speaks2 ? Inside.HTTP2 : Inside.HTTP1);
    var key = new Key(endpoint.host(), endpoint.port(), speaks2, target == null, expected);
    var pool = pools.get(key);
    if (pool == null) {
      pool =
          target == null
              ? outside.of(speaks2).open(endpoint, expected, connectTimeout)
              : mesh.of(speaks2).open(endpoint, expected, target.cluster().connectTimeout());
      if (pools.isEmpty()) {
        loop.sweeper().add(this);
      }
      pools.put(key, pool);
    }
    return pool;
  }

  /** What is said of the endpoint, else what the caller speaks. */
  private static boolean speaksHttp2(HttpExchange exchange) {
    var target = exchange.info().target();
    var callerSpeaks2 = exchange.request().version() == HttpVersion.HTTP_2;
    var endpointSpeaks =
        target == null ? exchange.info().endpointSpeaks() : target.cluster().upstreamProtocol();
    return switch (endpointSpeaks) {
      case HTTP2, GRPC -> true;
      case HTTP -> false;
      case AUTO, TCP, TLS -> callerSpeaks2;
    };
  }

  @Override
  public void sweep() {
    if (++sweeps % SWEEPS == 0) {
      pools.values().removeIf(EndpointPool::isIdle);
      if (pools.isEmpty()) {
        loop.sweeper().remove(this);
      }
    }
  }
}
