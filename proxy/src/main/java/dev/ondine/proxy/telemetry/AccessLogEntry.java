package dev.ondine.proxy.telemetry;

import dev.ondine.model.Endpoint;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.StreamInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the access log says of one exchange or relayed connection: taken on its loop, written
 * elsewhere. Immutable.
 *
 * @param ended by the wall clock
 * @param authority of a relayed connection: the server name of its TLS handshake
 * @param destination where a relayed connection was meant to go; empty for exchanges
 * @param status {@link #NO_STATUS} for relayed connections
 * @param peerIdentity who the caller has proven to be; of a call by the workload, who answers
 * @param durationNanos from the complete head, or from the end of detection, to the end
 */
record AccessLogEntry(
    Instant ended,
    String direction,
    String method,
    String authority,
    String path,
    String destination,
    String protocol,
    int status,
    String reason,
    String detail,
    String requestId,
    String service,
    String route,
    String cluster,
    String upstream,
    String workload,
    String peer,
    String peerIdentity,
    int tries,
    long bytesReceived,
    long bytesSent,
    long durationNanos,
    long discoveryWaitNanos) {

  /** The status of what has none. */
  static final int NO_STATUS = -1;

  static AccessLogEntry of(HttpExchange exchange, Instant ended) {
    var request = exchange.request();
    var info = exchange.info();
    var id = request.headers().get("x-request-id");
    var endpoint = info.endpoint();
    var reason = info.reason();
    var demand = info.demand();
    var route = info.route();
    return new AccessLogEntry(
        ended,
        exchange.connection().direction().name().toLowerCase(Locale.ROOT),
        request.method(),
        request.authority(),
        request.path(),
        "",
        request.version().text(),
        info.status(),
        reason == null ? "" : reason.text(),
        info.detail(),
        id == null ? "" : id,
        demand == null ? "" : demand.wire(),
        route == null ? "" : route.name(),
        info.cluster(),
        endpoint == null ? "" : endpoint.authority(),
        workload(endpoint),
        text(exchange.connection().peer()),
        identity(exchange.connection(), info),
        info.tries(),
        info.bytesReceived(),
        info.bytesSent(),
        info.endedNanos() - info.startedNanos(),
        info.discoveryWaitNanos());
  }

  static AccessLogEntry of(ConnectionInfo connection, StreamInfo info, Instant ended) {
    var endpoint = info.endpoint();
    var reason = info.reason();
    var demand = info.demand();
    return new AccessLogEntry(
        ended,
        connection.direction().name().toLowerCase(Locale.ROOT),
        "",
        info.serverName(),
        "",
        connection.originalDestination().map(AccessLogEntry::text).orElse(""),
        "TCP",
        NO_STATUS,
        reason == null ? "" : reason.text(),
        info.detail(),
        "",
        demand == null ? "" : demand.wire(),
        "",
        info.cluster(),
        endpoint == null ? "" : endpoint.authority(),
        workload(endpoint),
        text(connection.peer()),
        identity(connection, info),
        info.tries(),
        info.bytesReceived(),
        info.bytesSent(),
        info.endedNanos() - info.startedNanos(),
        info.discoveryWaitNanos());
  }

  /** Who the other side has proven to be: the caller, or who answers. */
  private static String identity(ConnectionInfo connection, StreamInfo info) {
    var proven =
        connection.direction() == Direction.INBOUND
            ? connection.peerIdentity().orElse(null)
            : info.answersAs();
    return proven == null ? "" : proven.spiffeId();
  }

  private static String workload(@Nullable Endpoint endpoint) {
    return endpoint == null ? "" : endpoint.workload();
  }

  private static String text(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? Endpoint.of(inet.getHostString(), Math.max(1, inet.getPort())).authority()
        : address.toString();
  }
}
