package dev.ondine.model;

import static java.util.Objects.requireNonNull;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A logical name with many workloads.
 *
 * @param ports at least one; numbers and names are unique
 * @param virtualIp allocated and stored by control
 */
public record Service(
    String name,
    String namespace,
    List<ServicePort> ports,
    Map<String, String> labels,
    Optional<String> virtualIp) {

  public Service {
    Names.label("service.name", name);
    Names.label("service.namespace", namespace);
    ports = List.copyOf(ports);
    labels = Map.copyOf(labels);
    requireNonNull(virtualIp, "virtualIp");
    if (ports.isEmpty()) {
      throw new InvalidResourceException("service " + name + ".ports", "is empty");
    }
    var seen = new HashSet<String>();
    for (var port : ports) {
      if (!seen.add("#" + port.port()) || !seen.add(port.name())) {
        throw new InvalidResourceException(
            "service " + name + ".ports", "port " + port.name() + " (" + port.port() + ") twice");
      }
    }
  }

  /** {@code name.namespace.mesh}. */
  public String host() {
    return name + "." + namespace + DemandKey.SUFFIX;
  }

  /** The port a caller means: that number, or without one port 80, else the first. */
  public Optional<ServicePort> port(OptionalInt number) {
    var wanted = number.orElse(80);
    var match = ports.stream().filter(p -> p.port() == wanted).findFirst();
    return match.isPresent() || number.isPresent() ? match : Optional.of(ports.getFirst());
  }
}
