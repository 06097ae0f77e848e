package dev.ondine.proxy.route;

import dev.ondine.model.Bundle;
import dev.ondine.model.DemandKey;
import dev.ondine.model.Listener;
import dev.ondine.model.Route;
import dev.ondine.model.RouteAction;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.ResponseHead;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;

/**
 * Chooses the route, hence the cluster, from the bundle that the exchange is pinned to. What has no
 * bundle lies outside the mesh and passes on.
 */
public final class MatchRoute implements HttpLayer {
  private static final int TABLES = 4_096;

  private final RandomGenerator random;

  /** Ready tables by name; one whose source is not the bundle's routes is out of date. */
  private final ConcurrentMap<DemandKey, RouteTable> tables = new ConcurrentHashMap<>();

  /**
   * @param random decides weighted splits; shared by all loops, so it must be thread-safe
   */
  public MatchRoute(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      var bundle = exchange.info().bundle();
      if (bundle == null) {
        next.serve(exchange);
        return;
      }
      if (exchange.request().isConnect()) {
        unrouted(exchange, bundle, next); // it has no path, and what it carries is not known
        return;
      }
      switch (bundle.listener().traffic()) {
        case Listener.Traffic.Tcp(var cluster) -> {
          // Requests to a port that is declared as TCP: every one goes where its bytes would go.
          exchange.info().routed(null, cluster);
          next.serve(exchange);
        }
        case Listener.Traffic.Http _ ->
            route(exchange, bundle.key(), bundle.routes().orElseThrow(), next);
        case Listener.Traffic.HttpInline(var routes) -> route(exchange, bundle.key(), routes, next);
      }
    };
  }

  private static void unrouted(HttpExchange exchange, Bundle bundle, HttpService next) {
    var cluster = bundle.unroutedCluster();
    if (bundle.clusters().containsKey(cluster)) {
      exchange.info().routed(null, cluster);
      next.serve(exchange);
    } else {
      exchange.reply(
          LocalReply.of(Reason.NO_ROUTE, bundle.key().wire() + " has no cluster for a tunnel"));
    }
  }

  private void route(
      HttpExchange exchange, DemandKey key, RouteConfiguration routes, HttpService next) {
    var route = table(key, routes).find(exchange.request());
    if (route == null) {
      exchange.reply(LocalReply.of(Reason.NO_ROUTE, "no route of " + key.wire() + " matches"));
      return;
    }
    switch (route.action()) {
      case RouteAction.Forward(var cluster) -> forward(exchange, route, cluster, next);
      case RouteAction.Split(var shares) -> forward(exchange, route, pick(shares), next);
      case RouteAction.Redirect redirect -> redirect(exchange, route, redirect);
      case RouteAction.DirectResponse(var status, var body) -> {
        exchange.info().routed(route, "");
        exchange.requestBody().cancel();
        exchange.respond(
            new ResponseHead(status, Headers.of("content-type", "text/plain; charset=utf-8")),
            BodyStream.of(Bytes.of(body)));
      }
    }
  }

  private static void forward(
      HttpExchange exchange, Route route, String cluster, HttpService next) {
    exchange.info().routed(route, cluster);
    next.serve(exchange);
  }

  private static void redirect(HttpExchange exchange, Route route, RouteAction.Redirect redirect) {
    exchange.info().routed(route, "");
    var request = exchange.request();
    var location =
        request.scheme()
            + "://"
            + redirect.host().orElse(request.authority())
            + redirect.path().orElse(request.path());
    exchange.requestBody().cancel();
    exchange.respond(
        new ResponseHead(redirect.status(), Headers.of("location", location)), BodyStream.empty());
  }

  private String pick(List<RouteAction.WeightedCluster> shares) {
    var total = 0L;
    for (var share : shares) {
      total += share.weight();
    }
    var at = random.nextLong(total);
    for (var share : shares) {
      at -= share.weight();
      if (at < 0) {
        return share.cluster();
      }
    }
    throw new IllegalStateException("weights changed while one was picked");
  }

  @SuppressWarnings("ReferenceEquality") // changed routes are a new value; comparing them costs
  private RouteTable table(DemandKey key, RouteConfiguration routes) {
    var table = tables.get(key);
    if (table == null || table.source() != routes) {
      table = new RouteTable(routes);
      if (tables.size() >= TABLES) {
        tables.clear();
      }
      tables.put(key, table);
    }
    return table;
  }
}
