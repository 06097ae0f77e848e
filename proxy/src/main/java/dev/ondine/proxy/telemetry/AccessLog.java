package dev.ondine.proxy.telemetry;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.StreamInfo;
import java.time.InstantSource;

/**
 * Logs every exchange and every relayed connection when it is over, also those that the mesh itself
 * answered or refused.
 */
public final class AccessLog implements HttpLayer {
  /** Which exchanges are logged. */
  public enum Extent {
    ALL,
    /** Those with a reason of the mesh's own, or a status of 500 and above. */
    ERRORS,
    NONE
  }

  private final AccessLogWriter writer;
  private final Extent extent;
  private final InstantSource clock;

  /** Makes the layer that all loops share. */
  public AccessLog(AccessLogWriter writer, Extent extent, InstantSource clock) {
    this.writer = writer;
    this.extent = extent;
    this.clock = clock;
  }

  @Override
  public HttpService around(HttpService next) {
    return switch (extent) {
      case NONE -> next;
      case ALL ->
          exchange -> {
            exchange.onEnd(this::log);
            next.serve(exchange);
          };
      case ERRORS ->
          exchange -> {
            exchange.onEnd(this::logError);
            next.serve(exchange);
          };
    };
  }

  /** Logs a connection that was relayed as it is, or refused, and is closed now. */
  public void closed(ConnectionInfo connection, StreamInfo info) {
    var wanted =
        switch (extent) {
          case ALL -> true;
          case ERRORS -> info.reason() != null && !isProbe(connection, info);
          case NONE -> false;
        };
    if (wanted) {
      writer.offer(AccessLogEntry.of(connection, info, clock.instant()));
    }
  }

  /**
   * A look whether the workload is there yet, by a caller that sends nothing: an answer, no error.
   */
  private static boolean isProbe(ConnectionInfo connection, StreamInfo info) {
    return connection.direction() == ConnectionInfo.Direction.INBOUND
        && info.reason() == Reason.UPSTREAM_CONNECT_FAILURE
        && info.bytesReceived() == 0;
  }

  private void logError(HttpExchange exchange) {
    if (exchange.info().reason() != null || exchange.info().status() >= 500) {
      log(exchange);
    }
  }

  private void log(HttpExchange exchange) {
    writer.offer(AccessLogEntry.of(exchange, clock.instant()));
  }
}
