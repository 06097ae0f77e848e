package dev.ondine.xds.codec.encode;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import dev.ondine.model.HeaderMatch;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.PathMatch;
import dev.ondine.model.RouteAction.DirectResponse;
import dev.ondine.model.RouteAction.Forward;
import dev.ondine.model.RouteAction.Split;
import dev.ondine.xds.codec.OndineMetadata;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction.RedirectResponseCode;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.time.Duration;
import java.util.Optional;

/** Route tables. */
final class RouteEncoder {
  private RouteEncoder() {}

  static RouteConfiguration encode(dev.ondine.model.RouteConfiguration routes) {
    var wire = RouteConfiguration.newBuilder().setName(routes.name());
    for (var host : routes.virtualHosts()) {
      var virtualHost = VirtualHost.newBuilder().setName(host.name()).addAllDomains(host.domains());
      host.routes().forEach(route -> virtualHost.addRoutes(encode(route)));
      wire.addVirtualHosts(virtualHost);
    }
    return wire.build();
  }

  private static Route encode(dev.ondine.model.Route route) {
    var wire = Route.newBuilder().setName(route.name()).setMatch(encode(route.match()));
    route
        .maxRequestBodyBytes()
        .ifPresent(
            limit ->
                wire.setMetadata(
                    Wire.metadata(
                        Struct.newBuilder()
                            .putFields(
                                OndineMetadata.MAX_REQUEST_BODY, Wire.value(Long.toString(limit)))
                            .build())));
    switch (route.action()) {
      case Forward(var cluster) ->
          wire.setRoute(within(route.timeout(), RouteAction.newBuilder().setCluster(cluster)));
      case Split(var shares) -> {
        var clusters = WeightedCluster.newBuilder();
        for (var share : shares) {
          clusters
              .addClustersBuilder()
              .setName(share.cluster())
              .setWeight(UInt32Value.of(share.weight()));
        }
        wire.setRoute(
            within(route.timeout(), RouteAction.newBuilder().setWeightedClusters(clusters)));
      }
      case dev.ondine.model.RouteAction.Redirect redirect -> wire.setRedirect(encode(redirect));
      case DirectResponse(var status, var body) ->
          wire.setDirectResponse(
              DirectResponseAction.newBuilder()
                  .setStatus(status)
                  .setBody(DataSource.newBuilder().setInlineString(body)));
    }
    return wire.build();
  }

  private static RouteAction.Builder within(
      Optional<Duration> timeout, RouteAction.Builder action) {
    timeout.ifPresent(limit -> action.setTimeout(Wire.duration(limit)));
    return action;
  }

  private static RedirectAction encode(dev.ondine.model.RouteAction.Redirect redirect) {
    var wire =
        RedirectAction.newBuilder()
            .setResponseCode(
                switch (redirect.status()) {
                  case 301 -> RedirectResponseCode.MOVED_PERMANENTLY;
                  case 302 -> RedirectResponseCode.FOUND;
                  case 303 -> RedirectResponseCode.SEE_OTHER;
                  case 307 -> RedirectResponseCode.TEMPORARY_REDIRECT;
                  case 308 -> RedirectResponseCode.PERMANENT_REDIRECT;
                  default ->
                      throw new InvalidResourceException(
                          "route.redirect.status",
                          redirect.status() + " is none of 301, 302, 303, 307, 308");
                });
    redirect.host().ifPresent(wire::setHostRedirect);
    redirect.path().ifPresent(wire::setPathRedirect);
    return wire.build();
  }

  private static RouteMatch encode(dev.ondine.model.RouteMatch match) {
    var wire = RouteMatch.newBuilder();
    switch (match.path()) {
      case PathMatch.Exact(var path) -> wire.setPath(path);
      case PathMatch.Prefix(var prefix) -> wire.setPrefix(prefix);
      case PathMatch.SegmentPrefix(var prefix) -> wire.setPathSeparatedPrefix(prefix);
      case PathMatch.Regex(var expression) ->
          wire.setSafeRegex(RegexMatcher.newBuilder().setRegex(expression));
    }
    match.method().ifPresent(method -> wire.addHeaders(exact(":method", method)));
    for (var header : match.headers()) {
      wire.addHeaders(
          switch (header) {
            case HeaderMatch.Exact(var name, var value) -> exact(name, value);
            case HeaderMatch.Present(var name, var present) ->
                HeaderMatcher.newBuilder().setName(name).setPresentMatch(present).build();
          });
    }
    return wire.build();
  }

  private static HeaderMatcher exact(String name, String value) {
    return HeaderMatcher.newBuilder()
        .setName(name)
        .setStringMatch(StringMatcher.newBuilder().setExact(value))
        .build();
  }
}
