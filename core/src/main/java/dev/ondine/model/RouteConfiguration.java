package dev.ondine.model;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The routing table of a listener. */
public record RouteConfiguration(String name, List<VirtualHost> virtualHosts) {
  public RouteConfiguration {
    if (name.isBlank()) {
      throw new InvalidResourceException("routeConfiguration.name", "is blank");
    }
    virtualHosts = List.copyOf(virtualHosts);
  }

  /** Every cluster that some route may send to, in order of first mention. */
  public Set<String> clusters() {
    var names = new LinkedHashSet<String>();
    for (var host : virtualHosts) {
      for (var route : host.routes()) {
        switch (route.action()) {
          case RouteAction.Forward(var cluster) -> names.add(cluster);
          case RouteAction.Split(var shares) -> shares.forEach(share -> names.add(share.cluster()));
          case RouteAction.Redirect _, RouteAction.DirectResponse _ -> {}
        }
      }
    }
    return names;
  }
}
