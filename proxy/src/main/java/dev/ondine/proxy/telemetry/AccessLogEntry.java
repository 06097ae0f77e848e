package dev.ondine.proxy.telemetry;

import dev.ondine.model.Endpoint;
import dev.ondine.proxy.http.HttpExchange;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;

/**
 * What the access log says of one exchange: taken on its loop, written elsewhere. Immutable.
 *
 * @param ended by the wall clock
 * @param durationNanos from the complete head to the end
 */
record AccessLogEntry(
    Instant ended,
    String direction,
    String method,
    String authority,
    String path,
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
    int tries,
    long bytesReceived,
    long bytesSent,
    long durationNanos,
    long discoveryWaitNanos) {

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
        exchange.connection().direction().name().toLowerCase(java.util.Locale.ROOT),
        request.method(),
        request.authority(),
        request.path(),
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
        info.tries(),
        info.bytesReceived(),
        info.bytesSent(),
        info.endedNanos() - info.startedNanos(),
        info.discoveryWaitNanos());
  }

  private static String workload(@org.jspecify.annotations.Nullable Endpoint endpoint) {
    return endpoint == null ? "" : endpoint.workload();
  }

  private static String text(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? Endpoint.of(inet.getHostString(), Math.max(1, inet.getPort())).authority()
        : address.toString();
  }
}
