package dev.ondine.proxy.telemetry;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.model.Listener;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests and their durations under Istio's names and labels, so that existing dashboards
 * work: {@code istio_requests_total}, {@code istio_request_duration_milliseconds}.
 *
 * <p>Labels hold only names that control confirmed; what a caller made up counts as {@code
 * unknown}.
 */
public final class RequestMetrics implements HttpLayer {
  private static final double[] MILLIS = {
    0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000
  };
  private static final double NANOS_PER_MILLI = 1e6;

  /**
   * Names come and go on demand; the series of those that went are dropped from here, not counted
   * twice.
   */
  private static final int SERIES = 4_096;

  private final Parties parties;
  private final Metrics.Counter requests;
  private final Metrics.Histogram durations;
  private final ConcurrentMap<Key, Series> series = new ConcurrentHashMap<>();

  private record Key(
      Direction direction,
      @Nullable Listener listener,
      int status,
      @Nullable Reason reason,
      boolean grpc) {}

  private record Series(Metrics.Counter requests, Metrics.Histogram durations) {}

  /**
   * @param workload this sidecar's workload
   * @param service the service that its workload belongs to
   */
  public RequestMetrics(Metrics metrics, String workload, String namespace, String service) {
    this.parties = new Parties(workload, namespace, service);
    var labels =
        Parties.names(
            "request_protocol", "response_code", "response_flags", "connection_security_policy");
    this.requests = metrics.counter("istio_requests_total", "Requests that have ended.", labels);
    this.durations =
        metrics.histogram(
            "istio_request_duration_milliseconds",
            "From the complete head of a request to the end of its answer.",
            MILLIS,
            labels);
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      exchange.onEnd(this::count);
      next.serve(exchange);
    };
  }

  private void count(HttpExchange exchange) {
    var info = exchange.info();
    var bundle = info.bundle();
    var key =
        new Key(
            exchange.connection().direction(),
            bundle == null ? null : bundle.listener(),
            info.status(),
            info.reason(),
            exchange.request().isGrpc());
    var counted = series.get(key);
    if (counted == null) {
      counted = add(key);
    }
    counted.requests.increment();
    counted.durations.observe((info.endedNanos() - info.startedNanos()) / NANOS_PER_MILLI);
  }

  private Series add(Key key) {
    if (series.size() >= SERIES) {
      series.clear();
    }
    var values =
        parties.labels(
            key.direction,
            key.listener,
            key.grpc ? "grpc" : "http",
            Integer.toString(key.status),
            key.reason == null ? "-" : key.reason.text(),
            "none");
    return series.computeIfAbsent(
        key, _ -> new Series(requests.with(values), durations.with(values)));
  }
}
