package dev.ondine.control.translate;

import dev.ondine.control.policy.TrafficPolicy;
import dev.ondine.model.Route;
import dev.ondine.model.RouteAction;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.model.RouteMatch;
import dev.ondine.model.VirtualHost;
import java.util.List;

/** The routes of a name: everything to its one cluster, whatever authority the request carries. */
public final class RouteTranslator {
  private RouteTranslator() {}

  /** The name's routes. */
  public static RouteConfiguration translate(Resolution.Found found) {
    var policy = found.view().trafficPolicy();
    var route =
        new Route(
            "default",
            RouteMatch.ANY,
            new RouteAction.Forward(found.name()),
            policy.flatMap(TrafficPolicy::requestTimeout),
            policy.flatMap(TrafficPolicy::maxRequestBodyBytes));
    var host = new VirtualHost(found.name(), List.of("*"), List.of(route));
    return new RouteConfiguration(found.name(), List.of(host));
  }
}
