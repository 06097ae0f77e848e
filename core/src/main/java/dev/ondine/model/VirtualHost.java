package dev.ondine.model;

import java.util.List;

/**
 * The routes of some authorities, first match wins.
 *
 * @param domains exact names, {@code *.suffix}, {@code prefix.*} or {@code *}; lower case
 */
public record VirtualHost(String name, List<String> domains, List<Route> routes) {
  public VirtualHost {
    domains = List.copyOf(domains);
    routes = List.copyOf(routes);
    if (domains.isEmpty()) {
      throw new InvalidResourceException("virtualHost " + name + ".domains", "is empty");
    }
  }
}
