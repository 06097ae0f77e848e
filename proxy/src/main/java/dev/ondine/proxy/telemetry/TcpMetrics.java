package dev.ondine.proxy.telemetry;

import static java.util.Objects.requireNonNull;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.model.Listener;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.StreamInfo;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts relayed connections and their bytes under Istio's names and labels: {@code
 * istio_tcp_connections_opened_total}, {@code istio_tcp_connections_closed_total}, {@code
 * istio_tcp_received_bytes_total}, {@code istio_tcp_sent_bytes_total}. Shared by all loops.
 *
 * <p>The reason of a connection that was refused or broken off is the {@code response_flags} of its
 * closing. Received is what the client sent.
 */
public final class TcpMetrics {
  /** As for requests: what is dropped from here goes on counting when it is met again. */
  private static final int SERIES = 4_096;

  private final Parties parties;
  private final Metrics.Counter opened;
  private final Metrics.Counter closed;
  private final Metrics.Counter received;
  private final Metrics.Counter sent;
  private final Map<Hello, Metrics.Counter> hellos = new EnumMap<>(Hello.class);
  private final ConcurrentMap<Key, Series> series = new ConcurrentHashMap<>();

  private final ConcurrentMap<Closing, Metrics.Counter> closings = new ConcurrentHashMap<>();

  /** What the beginning of an outgoing TLS handshake said. */
  public enum Hello {
    NAMED,
    UNNAMED,
    MALFORMED,
    /** It was not there in time, or its sender ended. */
    CUT_OFF
  }

  private record Key(Direction direction, @Nullable Listener listener) {}

  private record Closing(Key key, @Nullable Reason reason) {}

  private record Series(Metrics.Counter opened, Metrics.Counter received, Metrics.Counter sent) {}

  /**
   * @param workload this sidecar's workload
   * @param service the service that its workload belongs to
   */
  public TcpMetrics(Metrics metrics, String workload, String namespace, String service) {
    this.parties = new Parties(workload, namespace, service);
    var labels = Parties.names("request_protocol", "response_flags", "connection_security_policy");
    this.opened =
        metrics.counter(
            "istio_tcp_connections_opened_total",
            "Relayed connections whose destination was found, or that were refused.",
            labels);
    this.closed =
        metrics.counter(
            "istio_tcp_connections_closed_total", "Relayed connections that have ended.", labels);
    this.received =
        metrics.counter("istio_tcp_received_bytes_total", "Bytes that came from clients.", labels);
    this.sent =
        metrics.counter("istio_tcp_sent_bytes_total", "Bytes that went to clients.", labels);
    var read =
        metrics.counter(
            "ondine_tls_client_hellos_total",
            "Outgoing TLS handshakes that were looked at for their server name.",
            "result");
    for (var hello : Hello.values()) {
      hellos.put(hello, read.with(hello.name().toLowerCase(Locale.ROOT)));
    }
  }

  /** The first message of a TLS handshake was looked at. */
  public void hello(Hello hello) {
    requireNonNull(hellos.get(hello)).increment();
  }

  /** Its destination is known. */
  public void opened(ConnectionInfo connection, StreamInfo info) {
    series(key(connection, info)).opened.increment();
  }

  /** Bytes moved since this was last said. */
  public void moved(ConnectionInfo connection, StreamInfo info, long received, long sent) {
    var counted = series(key(connection, info));
    counted.received.add(received);
    counted.sent.add(sent);
  }

  /** It is closed. */
  public void closed(ConnectionInfo connection, StreamInfo info) {
    if (closings.size() >= SERIES) {
      closings.clear();
    }
    closings
        .computeIfAbsent(
            new Closing(key(connection, info), info.reason()),
            closing -> closed.with(labels(closing.key, closing.reason)))
        .increment();
  }

  private static Key key(ConnectionInfo connection, StreamInfo info) {
    var bundle = info.bundle();
    return new Key(connection.direction(), bundle == null ? null : bundle.listener());
  }

  private Series series(Key key) {
    if (series.size() >= SERIES) {
      series.clear();
    }
    return series.computeIfAbsent(
        key,
        _ -> {
          var values = labels(key, null);
          return new Series(opened.with(values), received.with(values), sent.with(values));
        });
  }

  private String[] labels(Key key, @Nullable Reason reason) {
    return parties.labels(
        key.direction, key.listener, "tcp", reason == null ? "-" : reason.text(), "none");
  }
}
