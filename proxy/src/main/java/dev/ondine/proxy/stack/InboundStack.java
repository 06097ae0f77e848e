package dev.ondine.proxy.stack;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Endpoint;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.ForwardingExchange;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.HttpStack;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.overload.LoadShed;
import dev.ondine.proxy.resilience.CallersDeadline;
import dev.ondine.proxy.resilience.ErrorsToReplies;
import dev.ondine.proxy.resilience.IdleTunnels;
import dev.ondine.proxy.resilience.InFlight;
import dev.ondine.proxy.resilience.RequestTimeout;
import dev.ondine.proxy.resilience.Retries;
import dev.ondine.proxy.route.BodyLimit;
import dev.ondine.proxy.telemetry.AccessLog;
import dev.ondine.proxy.telemetry.RequestMetrics;
import dev.ondine.proxy.tls.RequireIdentity;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The whole inbound HTTP path, in the order a request meets it.
 *
 * @param workload where the workload itself listens, for a connection to one of its ports; empty
 *     for a port that it has not
 * @param tunnelIdle an open tunnel through which nothing moves is broken off after so long
 * @param protocol what is said of the workload's port that a connection is for; AUTO: nothing
 * @param random thread-safe
 */
public record InboundStack(
    AccessLog accessLog,
    RequestMetrics metrics,
    InFlight inFlight,
    LoadShed loadShed,
    RequireIdentity requireIdentity,
    BodyLimit bodyLimit,
    Function<ConnectionInfo, Optional<Endpoint>> workload,
    Function<ConnectionInfo, AppProtocol> protocol,
    Duration tunnelIdle,
    OwnPorts ownPorts,
    RandomGenerator random) {

  /** The path on one loop, down to that loop's pools. */
  public HttpService http(HttpService endpointPools) {
    return HttpStack.outermost(accessLog) // sees every answer, also our own
        .then(metrics)
        // A drain waits for all that is counted here.
        .then(inFlight)
        .then(new RequestHeaders(random))
        // Says, where it is certain, that the workload saw nothing: the caller then goes elsewhere.
        .then(new ErrorsToReplies(Direction.INBOUND))
        // Whoever may not come in is told so, and nothing else happens.
        .then(requireIdentity)
        // Before any work, but logged, counted and answered like all else.
        .then(loadShed)
        .then(new CallersDeadline())
        // Before anything goes to the workload, and outside the tries: the body is counted once.
        .then(bodyLimit)
        // Timeouts are the caller's; only its deadline ends a request here.
        .then(new RequestTimeout(Duration.ZERO))
        // Not inside the tries: a tunnel is open for good.
        .then(new IdleTunnels(tunnelIdle))
        .then(Retries.inbound())
        // ---- below this line everything happens once per try ----
        .then(this::toWorkload)
        .into(endpointPools);
  }

  private HttpService toWorkload(HttpService next) {
    return exchange -> serve(exchange, next);
  }

  private void serve(HttpExchange exchange, HttpService next) {
    var endpoint = workload.apply(exchange.connection());
    if (endpoint.isEmpty()) {
      exchange.fail(Failure.notSent(Reason.NO_ENDPOINTS, "the workload has no such port"));
      return;
    }
    var to = endpoint.get();
    if (ownPorts.lead(to.host(), to.port())) {
      exchange.fail(Failure.notSent(Reason.LOOP, to.authority() + " is this sidecar itself"));
      return;
    }
    exchange.info().trying(to, speaks(exchange));
    next.serve(new FromWorkload(exchange));
  }

  /**
   * What the workload speaks. Where it is not said, it is what the caller took it to be; unless the
   * caller chose HTTP/2 from what this sidecar offered by ALPN, which says nothing of the workload.
   */
  private AppProtocol speaks(HttpExchange exchange) {
    return switch (protocol.apply(exchange.connection())) {
      case HTTP -> AppProtocol.HTTP;
      case HTTP2, GRPC -> AppProtocol.HTTP2;
      case AUTO, TCP, TLS ->
          exchange.connection().scheme().equals("https") && !exchange.request().isGrpc()
              ? AppProtocol.HTTP
              : AppProtocol.AUTO;
    };
  }

  /** An exchange whose answer is the workload's own, which may not speak for the mesh. */
  private static final class FromWorkload extends ForwardingExchange {
    FromWorkload(HttpExchange above) {
      super(above);
    }

    @Override
    public void respond(ResponseHead head, BodyStream body) {
      head.headers().remove(LocalReply.NOT_SENT_HEADER);
      head.headers().remove(LocalReply.REASON_HEADER);
      above.respond(head, body);
    }
  }
}
