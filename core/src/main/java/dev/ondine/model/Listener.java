package dev.ondine.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What is behind a demanded name: how to treat its traffic, and where its routes are.
 *
 * @param name the resource's name, which is the canonical logical name
 * @param traffic HTTP with its route table, or a TCP cluster
 * @param service which service port this is; empty from control planes that do not say
 */
public record Listener(String name, Traffic traffic, Optional<ServiceInfo> service) {
  /** How traffic to the name is treated. */
  public sealed interface Traffic {
    /** Requests, routed by the named {@link RouteConfiguration}. */
    record Http(String routeConfiguration) implements Traffic {}

    /** Requests, routed by a table that the listener itself carries; some control planes do so. */
    record HttpInline(RouteConfiguration routes) implements Traffic {}

    /** Connections, relayed to one cluster. */
    record Tcp(String cluster) implements Traffic {}
  }

  /**
   * The service port behind a listener, carried as filter metadata {@code dev.ondine}.
   *
   * @param virtualIp from 240.240.0.0/16, allocated by control; empty for services without one
   */
  public record ServiceInfo(
      String service,
      String namespace,
      int port,
      AppProtocol protocol,
      Optional<String> virtualIp) {
    public ServiceInfo {
      Names.label("listener.service", service);
      Names.label("listener.namespace", namespace);
      Names.port("listener.port", port);
      requireNonNull(protocol, "protocol");
      requireNonNull(virtualIp, "virtualIp");
    }
  }

  public Listener {
    requireNonNull(traffic, "traffic");
    requireNonNull(service, "service");
    if (name.isBlank()) {
      throw new InvalidResourceException("listener.name", "is blank");
    }
  }
}
