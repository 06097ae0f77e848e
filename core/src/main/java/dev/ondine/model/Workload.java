package dev.ondine.model;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * One running instance of a service.
 *
 * @param name unique in its namespace, {@code orders-0}; addressable as {@code orders-0.orders}
 * @param address where other workloads reach it, an IP address
 * @param ports by service port name: the number at which it is reached at {@code address}
 * @param sidecar whether an Ondine sidecar is in front of it
 * @param mtls whether that takes mutual TLS
 * @param serviceAccount the second part of its identity; defaults to the service's name
 */
public record Workload(
    String name,
    String namespace,
    String service,
    String address,
    Map<String, Integer> ports,
    boolean sidecar,
    boolean mtls,
    State state,
    String serviceAccount,
    Locality locality,
    int weight,
    Map<String, String> labels) {

  /** How far a workload takes part. */
  public enum State {
    READY,
    /** Still serving, no longer advertised as healthy. */
    LAME_DUCK
  }

  public Workload {
    Names.label("workload.name", name);
    Names.label("workload.namespace", namespace);
    Names.label("workload.service", service);
    Names.label("workload.serviceAccount", serviceAccount);
    requireNonNull(state, "state");
    requireNonNull(locality, "locality");
    ports = Map.copyOf(ports);
    labels = Map.copyOf(labels);
    ports.forEach((port, number) -> Names.port("workload " + name + ".ports." + port, number));
    if (address.isBlank()) {
      throw new InvalidResourceException("workload " + name + ".address", "is blank");
    }
    if (weight < 1) {
      throw new InvalidResourceException("workload " + name + ".weight", weight + " is below 1");
    }
  }

  /** This workload in another state. */
  public Workload withState(State state) {
    return new Workload(
        name,
        namespace,
        service,
        address,
        ports,
        sidecar,
        mtls,
        state,
        serviceAccount,
        locality,
        weight,
        labels);
  }
}
