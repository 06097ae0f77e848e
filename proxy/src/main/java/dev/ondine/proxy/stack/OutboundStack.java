package dev.ondine.proxy.stack;

import dev.ondine.proxy.balance.Balance;
import dev.ondine.proxy.balance.Balancers;
import dev.ondine.proxy.discovery.OnDemandServices;
import dev.ondine.proxy.discovery.Services;
import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.HttpStack;
import dev.ondine.proxy.overload.LoadShed;
import dev.ondine.proxy.resilience.CallersDeadline;
import dev.ondine.proxy.resilience.ErrorsToReplies;
import dev.ondine.proxy.resilience.IdleTunnels;
import dev.ondine.proxy.resilience.RequestTimeout;
import dev.ondine.proxy.resilience.Retries;
import dev.ondine.proxy.route.BodyLimit;
import dev.ondine.proxy.route.MatchRoute;
import dev.ondine.proxy.telemetry.AccessLog;
import dev.ondine.proxy.telemetry.RequestMetrics;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The whole outbound HTTP path, in the order a request meets it. Start reading the proxy here.
 *
 * @param requestTimeout for routes that say nothing; zero: none
 * @param maxHops a request that has left the mesh so often comes round for ever
 * @param tunnelIdle an open tunnel through which nothing moves is broken off after so long
 * @param random thread-safe
 */
public record OutboundStack(
    AccessLog accessLog,
    RequestMetrics metrics,
    LoadShed loadShed,
    Services services,
    OnDemandServices onDemandServices,
    MatchRoute matchRoute,
    BodyLimit bodyLimit,
    Balancers balancers,
    Duration requestTimeout,
    int maxHops,
    Duration tunnelIdle,
    OutsideNames.Policy outsideNames,
    OwnPorts ownPorts,
    RandomGenerator random) {

  /** The path on one loop, down to that loop's pools. */
  public HttpService http(HttpService endpointPools) {
    return HttpStack.outermost(accessLog) // sees every answer, also our own
        .then(metrics)
        // Before anything can answer, so that every log line has an id.
        .then(new RequestHeaders(random))
        // Every failure below becomes one well-formed reply with a reason, here only.
        .then(new ErrorsToReplies(Direction.OUTBOUND))
        // Before discovery, which would keep the request and ask control for it.
        .then(loadShed)
        .then(new CallersDeadline())
        // An empty sidecar has no route either: the service brings it. Waits at most once per name.
        .then(onDemandServices)
        // Chooses the route, hence the cluster; the bundle is pinned for the exchange's life.
        .then(matchRoute)
        // What has no cluster now lies outside the mesh; outside the tries, so that it counts once.
        .then(new HopCount(maxHops))
        // The route says how long a body may be; outside the tries, so that it is counted once.
        .then(bodyLimit)
        // From here the route's deadline runs.
        .then(new RequestTimeout(requestTimeout))
        // A tunnel that is open has no deadline, but an end when nobody uses it.
        .then(new IdleTunnels(tunnelIdle))
        // Inside the timeout: both tries share the deadline.
        .then(Retries.outbound(this::connectFailed))
        // ---- below this line everything happens once per try ----
        .then(new Balance(balancers))
        // What has no endpoint now goes where the caller said.
        .then(new OutsideNames(outsideNames, ownPorts))
        .into(endpointPools);
  }

  /** What discovery told us may be out of date. */
  private void connectFailed(HttpExchange exchange) {
    var key = exchange.info().demand();
    if (key != null && exchange.info().bundle() != null) {
      services.connectFailed(key);
    }
  }
}
